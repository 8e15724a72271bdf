// The selected incident with everything that hangs on it, asked of the picture.
import { useMemo } from "react";
import type { Assignment, Incident, Recommendation, Report } from "../contracts";
import { all, assignmentsByIncident, isActive, isOpen } from "../picture";
import { usePicture } from "../store";
import { isCurrent, latestAdvice, stillToSend } from "./advice";
import { choicesOf, type Choices } from "./choices";
import { duePlans, planName, planned, RECOMMENDED, type Advice } from "./plan";
import { useDesk } from "./state";

export interface Selection {
  readonly incident: Incident | undefined;
  /** Active and returning. */
  readonly assignments: readonly Assignment[];
  /** The whole answer with all its plans. */
  readonly answer: Recommendation | undefined;
  /** The plan of it that is displayed, and that F9 confirms. */
  readonly advice: Advice | undefined;
  readonly plan: string;
  /** Whether the plan that was chosen is still being made, and another is displayed meanwhile. */
  readonly planDue: boolean;
  /** Who must go and who must stay, as said at this desk; as the last answer has it where nothing was said. */
  readonly choices: Choices;
  /** A later answer than the one displayed. */
  readonly newer: Recommendation | undefined;
  /** Whether the displayed answer fits the facts of now. */
  readonly current: boolean;
  readonly report: Report | undefined;
}

const NONE: readonly Assignment[] = [];
const NOTHING: Selection = {
  incident: undefined, assignments: NONE, answer: undefined, advice: undefined, plan: RECOMMENDED, planDue: false, choices: [], newer: undefined,
  current: true, report: undefined,
};

export function useSelection(): Selection {
  const { state } = useDesk();
  const { selected, fresh, answer, pinned, plans, choices } = state;
  const incidents = usePicture((p) => all(p, "incident"));
  const advices = usePicture((p) => all(p, "recommendation"));
  const reports = usePicture((p) => all(p, "report"));
  const byIncident = usePicture((p) => assignmentsByIncident(all(p, "assignment")));
  return useMemo(() => {
    const held = selected ? incidents.get(selected) : undefined;
    const incident = held ?? (fresh?.id === selected ? fresh : undefined);
    if (!incident) return NOTHING;
    const known = answer?.incident_id === incident.id ? [...advices.values(), answer] : advices.values();
    const latest = latestAdvice(known, incident.id);
    const held_advice = pinned ? (advices.get(pinned) ?? (answer?.id === pinned ? answer : undefined)) : undefined;
    const shown = held_advice ?? latest;
    const assignments = byIncident.get(incident.id) ?? NONE;
    const plan = planName(shown, plans.get(incident.id));
    const advice = shown && stillToSend(planned(shown, plan), assignments);
    return {
      incident,
      assignments,
      answer: shown,
      advice,
      plan,
      planDue: duePlans(shown).includes(plans.get(incident.id) ?? plan),
      choices: choices.get(incident.id) ?? choicesOf(latest),
      newer: latest && advice && latest.id !== advice.id ? latest : undefined,
      current: isCurrent(latest, incident),
      report: [...reports.values()].find((report) => report.incident_id === incident.id),
    };
  }, [selected, fresh, answer, pinned, incidents, advices, reports, byIncident, plans, choices]);
}

/** The advice that an edit holds on to; an answer to older facts is not held, so that the new one comes in. */
export const pinnable = ({ advice, current }: Selection): string | null => (current ? (advice?.id ?? null) : null);

const WANTS: ReadonlySet<string> = new Set(["reported", "dispatched", "on_scene"]);

/** Whether force may still be sent: an early order only while nobody is ordered. */
export const canSend = (incident: Incident | undefined): boolean => incident !== undefined && WANTS.has(incident.status);
export const canSendEarly = (incident: Incident | undefined, assignments: readonly Assignment[]): boolean =>
  incident !== undefined && isOpen(incident) && WANTS.has(incident.status) && !assignments.some(isActive);
