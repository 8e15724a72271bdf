// Units under way that should turn to another incident, what that saves, and one press to the question for its reason.
import type { TurnEffect } from "../contracts";
import { T } from "../parts/T";
import { all } from "../picture";
import { usePicture } from "../store";
import { durationText } from "../times";
import { nameOf, refusalText, t } from "../words";
import css from "./Cover.module.css";
import { questionOf, type OpenTurn } from "./cover";
import { useDesk } from "./state";
import type { Cover } from "./useCover";

export function TurnList({ cover: { turns, effects, turnsRefused } }: { cover: Cover }) {
  const number = useNumber();
  if (turns.length === 0 && !turnsRefused) return null;
  const words = effects.map((effect) => t("desk.turn.effect", { number: number(effect.incident_id), what: effectText(effect) }));
  return (
    <section className={css["block"]} aria-label={t("desk.turns")}>
      <h2 className={css["title"]}>
        <strong>{t("desk.turns")}</strong>
        {turnsRefused ? <span className={`${css["amber"]} ${css["cut"]}`}><T>{refusalText(turnsRefused)}</T></span> : <span className={css["cut"]} title={words.join("\n")}><T>{words.join(" · ")}</T></span>}
      </h2>
      <ol>{turns.map((open, i) => <TurnLine key={open.turn.unit_id} open={open} first={i === 0} />)}</ol>
    </section>
  );
}

function useNumber(): (incidentId: string) => string {
  const incidents = usePicture((p) => all(p, "incident"));
  return (id) => incidents.get(id)?.number ?? id;
}

function TurnLine({ open, first }: { open: OpenTurn; first: boolean }) {
  const { change } = useDesk();
  const number = useNumber();
  const { turn } = open;
  const unit = usePicture((p) => all(p, "unit")).get(turn.unit_id);
  return (
    <li className={css["turn"]}>
      <strong className={css["unit"]}><T>{nameOf(unit, turn.unit_id)}</T></strong>
      <span className={css["cut"]}><T>{t("desk.turn.way", { from: number(turn.from_incident_id), to: number(turn.to_incident_id) })}</T></span>
      <span className={css["quiet"]}><T>{t("desk.turn.eta", { time: durationText(turn.eta_s) })}</T></span>
      <button type="button" tabIndex={-1} className={css["act"]} onClick={() => change({ ask: questionOf(open) })}>
        {t("desk.divert")}{first && <kbd className={css["cap"]}>Y</kbd>}
      </button>
    </li>
  );
}

const timeText = (seconds: number | null): string => (seconds === null ? "—" : durationText(seconds));

/** What turning changes for one incident: what it lacks, and when its force is complete. */
export function effectText(effect: TurnEffect): string {
  const { unmet, turned_unmet, complete_s, turned_complete_s } = effect;
  const parts = [
    ...(unmet === turned_unmet ? [] : [t("desk.turn.unmet", { before: unmet, after: turned_unmet })]),
    ...(complete_s === turned_complete_s ? [] : [t("desk.turn.complete", { before: timeText(complete_s), after: timeText(turned_complete_s) })]),
  ];
  return parts.join(" ");
}
