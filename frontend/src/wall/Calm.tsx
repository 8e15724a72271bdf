// No open incident: since when, what today brought, and how ready each district stands.
import { all, unitStatus } from "../picture";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { useForces } from "../useLent";
import { dayOf, durationText, ms, shortClockText } from "../times";
import { t, word } from "../words";
import css from "./Calm.module.css";
import { Districts } from "./Districts";
import { useAssignmentByUnit, useClocks, type Situation } from "./situation";

export function Calm({ situation }: { situation: Situation }) {
  const { running } = useClocks();
  const incidents = usePicture((picture) => all(picture, "incident"));
  const ended = [...incidents.values()].flatMap((incident) => {
    const at = incident.closed_at ?? incident.resolved_at;
    return at ? [{ incident, at: ms(at) }] : [];
  });
  const last = ended.toSorted((a, b) => b.at - a.at)[0];
  const today = [...incidents.values()].filter((i) => dayOf(i.reported_at) === dayOf(running)).length;
  return (
    <>
      <section className={css["calm"]}>
        <h2 className={css["title"]}><T>{t("wall.calm")}</T></h2>
        {last && (
          <div className={css["since"]}>
            <span className={css["elapsed"]}>{durationText((running - last.at) / 1000)}</span>
            <div className={css["last"]}>
              <p><T>{t("wall.calm_since")}</T></p>
              <p><T>{`${shortClockText(last.at)} ${word("kind", last.incident.kind)}`}</T></p>
            </div>
          </div>
        )}
        <Tiles situation={situation} today={today} closed={ended.filter(({ at }) => dayOf(at) === dayOf(running)).length} />
      </section>
      <Districts room={10} />
    </>
  );
}

const READY: ReadonlySet<string> = new Set(["available", "returning"]);

function Tiles({ situation, today, closed }: { situation: Situation; today: number; closed: number }) {
  const byUnit = useAssignmentByUnit();
  const { ours, askable } = useForces();
  const statuses = [...situation.units.values()].map((unit) => unitStatus(unit, byUnit.get(unit.id)));
  const ready = ours.filter((unit) => READY.has(unitStatus(unit, byUnit.get(unit.id)))).length;
  const out = statuses.filter((s) => s !== "available" && s !== "out_of_service").length;
  const also = askable > 0 ? t("wall.askable", { n: askable }) : "";
  const tiles: [string, number, string?][] = [[t("wall.handled_today"), today], [t("wall.closed_today"), closed], [t("wall.out_now"), out], [t("wall.ready_now"), ready, also]];
  return (
    <dl className={css["tiles"]}>
      {tiles.map(([label, n, more]) => (
        <div key={label} className={css["tile"]}>
          <dt><T>{label}</T></dt>
          <dd>{n}{more && <small className={css["more"]}> <T>{more}</T></small>}</dd>
        </div>
      ))}
    </dl>
  );
}
