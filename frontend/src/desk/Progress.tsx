// How the incident goes on: only the steps and outcomes that are legal now.
import type { ReportOutcome } from "../contracts";
import { isActive } from "../picture";
import { t } from "../words";
import type { Acts } from "./acts";
import css from "./Form.module.css";
import { STEPS } from "./kinds";
import type { Selection } from "./selection";
import { useDesk } from "./state";

type ByHand = Extract<ReportOutcome, "transferred" | "false" | "no_action">;
const OUTCOMES: readonly ByHand[] = ["transferred", "false", "no_action"];

export function Progress({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { change } = useDesk();
  const { incident, assignments, report } = selection;
  if (!incident) return null;
  const committed = assignments.some(isActive);
  const steps = (STEPS[incident.status] ?? []).filter((to) => to !== "closed" || !committed);
  const ends = !committed && (incident.status === "reported" || incident.status === "dispatched") && report?.outcome === "incident";
  if (steps.length === 0 && !ends) return null;
  return (
    <section className={css["progress"]} role="group" aria-label={t(ends ? "desk.outcomes" : "desk.steps")}>
      <span className={css["progressName"]}>{t(ends ? "desk.outcomes" : "desk.steps")}</span>
      {steps.map((to) => (
        <button key={to} type="button" className={css["step"]} onClick={() => void acts.step(incident, to)}>
          {t(`desk.step.${to}`)}
        </button>
      ))}
      {ends &&
        OUTCOMES.map((outcome) => (
          <button key={outcome} type="button" className={css["step"]} onClick={() => change({ ask: { kind: "outcome", reportId: report.id, outcome } })}>
            {t(`desk.outcome.${outcome}`)}
          </button>
        ))}
    </section>
  );
}
