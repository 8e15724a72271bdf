// An order that was taken back: canceled before leaving, or called home; says why, and waits to be noted.
import type { Assignment } from "../contracts";
import { T } from "../parts/T";
import { clockText } from "../times";
import { t } from "../words";
import css from "./UnitScreen.module.css";

export function TakenBack({ assignment, onNoted }: { assignment: Assignment; onNoted: () => void }) {
  const canceled = assignment.status === "canceled";
  return (
    <section role="alertdialog" aria-label={t(canceled ? "crew.canceled" : "crew.recalled")} className={`${css["sheet"]} ${canceled ? css["grey"] : ""}`}>
      <p className={css["sheetTitle"]}>
        <strong>{t(canceled ? "crew.canceled" : "crew.recalled")}</strong>
        <span><T>{clockText(assignment.ended_at ?? assignment.dispatched_at)}</T></span>
      </p>
      <p><T>{t("crew.reason", { reason: assignment.reason })}</T></p>
      <button type="button" className={`${css["verb"]} ${css["blue"]}`} onClick={onNoted}>{t("crew.noted")}</button>
    </section>
  );
}
