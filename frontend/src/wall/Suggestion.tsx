// The newest recommendation that waits for a commander, in two lines.
import { all, assignmentsByIncident } from "../picture";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { durationText } from "../times";
import { t } from "../words";
import { waitingRecommendation } from "./figures";
import type { Situation } from "./situation";
import css from "./Suggestion.module.css";

export function Suggestion({ situation }: { situation: Situation }) {
  const recommendations = usePicture((picture) => all(picture, "recommendation"));
  const grouped = usePicture((picture) => assignmentsByIncident(all(picture, "assignment")));
  const found = waitingRecommendation(situation.incidents, recommendations, grouped);
  const incident = situation.incidents.find((i) => i.id === found?.incident_id);
  if (!found || !incident) return null;
  const { outcome } = found;
  const what = [
    found.picks.length > 0 ? t("wall.suggest_units", { n: found.picks.length }) : "",
    found.stock.length > 0 ? t("wall.suggest_stock", { n: found.stock.length }) : "",
    outcome.unmet > 0 ? `▲ ${t("wall.suggest_unmet", { n: outcome.unmet })}` : "",
  ];
  const first = outcome.first_due_s === null ? "" : t("wall.suggest_first", { time: durationText(outcome.first_due_s) });
  const when = [
    first,
    outcome.complete_s === null ? "" : t("wall.suggest_full", { time: durationText(outcome.complete_s) }),
  ];
  return (
    <section className={css["strip"]} style={{ borderColor: `var(--alarm-${incident.alarm_level})` }}>
      <p className={css["what"]}>
        <b><T>{t("wall.suggestion")}</T></b>
        <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
        <T>{[...what, found.gap === 0 ? t("wall.proven") : ""].filter(Boolean).join(" · ")}</T>
      </p>
      <p className={css["when"]}><T>{[...when, t("wall.suggest_confirm")].filter(Boolean).join(" · ")}</T></p>
    </section>
  );
}
