// The queue of a desk: which open incident comes first, and which report may repeat another. Pure.
import type { Assignment, Incident, MergeSuggestion, Report } from "../contracts";
import { silentUnits } from "./clocks";
import { ms } from "../times";
import { isOpen } from "../picture";

/** Seconds from the report within which the first order should be given (receiving a call, GB 50313: 45 s). */
export const FIRST_ORDER_LIMIT_S = 45;

/** Open incidents: those waiting for an order first, then those with silent units, then by level and age. */
export function queueOrder(
  incidents: Iterable<Incident>,
  byIncident: ReadonlyMap<string, readonly Assignment[]>,
  now: number,
): readonly Incident[] {
  const urgency = (incident: Incident): number => {
    if (incident.status === "reported") return 0;
    if (silentUnits(byIncident.get(incident.id) ?? [], now).length > 0) return 1;
    return incident.status === "resolved" ? 3 : 2;
  };
  return [...incidents].filter(isOpen).sort(
    (a, b) => urgency(a) - urgency(b) || b.alarm_level - a.alarm_level || ms(a.reported_at) - ms(b.reported_at),
  );
}

/** A report that may repeat an open incident, with the evidence of the nearest one. */
export interface Repeat {
  readonly report: Report;
  readonly own: Incident;
  readonly other: Incident;
  readonly evidence: MergeSuggestion;
}

/** Reports with evidence that nobody has answered: their incident still waits, the other one is open. */
export function repeats(
  reports: Iterable<Report>,
  incidents: ReadonlyMap<string, Incident>,
  settled: ReadonlySet<string>,
): readonly Repeat[] {
  const found: Repeat[] = [];
  for (const report of reports) {
    if (report.outcome !== "incident" || settled.has(report.id)) continue;
    const own = incidents.get(report.incident_id ?? "");
    if (own?.status !== "reported" && own?.status !== "dispatched") continue;
    const evidence = report.suggestions.find((s) => s.incident_id !== own.id && isOpenId(incidents, s.incident_id));
    const other = evidence && incidents.get(evidence.incident_id);
    if (evidence && other) found.push({ report, own, other, evidence });
  }
  return found.sort((a, b) => ms(b.report.reported_at) - ms(a.report.reported_at));
}

function isOpenId(incidents: ReadonlyMap<string, Incident>, id: string): boolean {
  const incident = incidents.get(id);
  return incident !== undefined && isOpen(incident);
}

/** Incidents that ended last, newest first. */
export function lastEnded(incidents: Iterable<Incident>, most: number): readonly Incident[] {
  return [...incidents]
    .filter((incident) => !isOpen(incident))
    .sort((a, b) => ms(b.closed_at ?? b.reported_at) - ms(a.closed_at ?? a.reported_at))
    .slice(0, most);
}

/** The incident before or after the selected one; wraps. */
export function neighbour(order: readonly Incident[], selected: string | null, step: 1 | -1): string | null {
  if (order.length === 0) return null;
  const at = order.findIndex((incident) => incident.id === selected);
  const next = at < 0 ? (step > 0 ? 0 : order.length - 1) : (at + step + order.length) % order.length;
  return order[next]?.id ?? null;
}
