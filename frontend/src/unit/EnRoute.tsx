// State B: the way, what is left of it, and the target that it runs against.
import { useMemo } from "react";
import type { Assignment, Incident, Unit } from "../contracts";
import { advance } from "../crew/acts";
import { metresLeft } from "../crew/orders";
import { RouteMap } from "../crew/RouteMap";
import type { Tap } from "../crew/tap";
import { useRoutes } from "../map/drawn";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { useNow, usePositions } from "../store";
import { clockText, durationText, ms } from "../times";
import { t, word } from "../words";
import css from "./UnitScreen.module.css";

interface Props {
  readonly unit: Unit;
  readonly assignment: Assignment;
  readonly incident: Incident;
  readonly tap: Tap;
}

export function EnRoute({ unit, assignment, incident, tap }: Props) {
  const mine = useMemo(() => [assignment], [assignment]);
  const routes = useRoutes(mine);
  const route = routes.get(assignment.id);
  const at = usePositions(1000).get(unit.id)?.at;
  return (
    <>
      <section className={css["roadHead"]}>
        <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
        <div className={css["roadWords"]}>
          <h1 className={css["roadKind"]}>{t(`kind.${incident.kind}`)}</h1>
          <p className={css["roadPlace"]}><T>{incident.address}</T></p>
        </div>
      </section>
      <main className={css["map"]}>
        <RouteMap assignments={mine} incident={incident} routes={routes} theme="light" interactive />
      </main>
      <footer className={css["foot"]}>
        <Progress assignment={assignment} metres={route ? metresLeft(route, at) : 0} />
        <p className={css["chips"]}>
          {assignment.method === "estimate" || route?.method === "estimate" ? <span className={css["chipAmber"]}>{t("crew.estimate")}</span> : null}
          {route?.avoided.slice(0, 3).map((why, i) => <span key={i} className={css["chip"]}>✓ <T>{word("why", why.code, why.params)}</T></span>)}
        </p>
        <button type="button" className={`${css["verb"]} ${css["magenta"]}`} onClick={() => tap.tap(t("crew.arrive"), (key) => advance(assignment.id, "on_scene", t("crew.device_phone"), key))}>
          {t("crew.arrive")}
        </button>
      </footer>
    </>
  );
}

function Progress({ assignment, metres }: { assignment: Assignment; metres: number }) {
  const now = useNow(1000) ?? 0;
  const start = ms(assignment.dispatched_at);
  const eta = assignment.eta_at ? ms(assignment.eta_at) : null;
  const due = ms(assignment.arrival_due_at);
  const span = Math.max(due, eta ?? due, now) - start;
  const share = (at: number) => `${Math.max(0, Math.min(100, ((at - start) / span) * 100))}%`;
  const late_s = eta === null ? 0 : (Math.max(eta, now) - due) / 1000;
  return (
    <section className={css["progress"]}>
      <div className={css["figures"]}>
        <Figure name={t("crew.remaining")} value={eta === null ? "—" : durationText(Math.max(0, (eta - now) / 1000))} large />
        {metres > 0 && <Figure name={t("crew.way")} value={t("crew.kilometres", { km: (metres / 1000).toFixed(1) })} />}
        {eta !== null && <Figure name={t("crew.expected")} value={clockText(Math.max(eta, now))} />}
      </div>
      <span className={css["target"]} aria-hidden="true">
        {eta !== null && <span className={css["predicted"]} style={{ inlineSize: share(eta) }} />}
        <span className={css["done"]} style={{ inlineSize: share(now) }} />
        <span className={css["tick"]} style={{ insetInlineStart: share(due) }} />
      </span>
      <p className={css["targetWords"]}>
        <span><T>{t("crew.target", { time: clockText(due) })}</T></span>
        <span className={late_s > 0 ? css["bad"] : css["good"]}><T>{t(late_s > 0 ? "crew.late_by" : "crew.on_target", { by: durationText(Math.abs(late_s)) })}</T></span>
      </p>
    </section>
  );
}

function Figure({ name, value, large = false }: { name: string; value: string; large?: boolean }) {
  return (
    <div>
      <p className={css["sub"]}>{name}</p>
      <p className={large ? css["left"] : css["figure"]}><T>{value}</T></p>
    </div>
  );
}
