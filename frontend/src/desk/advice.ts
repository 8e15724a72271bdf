// A recommendation as the desk shows it: rows, figures, the bottleneck's why-not, sentences about trust. Pure.
import type { Assignment, Incident, NotUsed, Recommendation, Requirement, Station, Unit } from "../contracts";
import { filledBy } from "../needs";
import { isActive } from "../picture";
import { ms } from "../times";
import type { Advice, Going } from "./plan";

/** The newest recommendation of an incident, in its newest version. */
export function latestAdvice(all: Iterable<Recommendation>, incidentId: string): Recommendation | undefined {
  let latest: Recommendation | undefined;
  for (const made of all) {
    if (made.incident_id === incidentId && (!latest || isLater(made, latest))) latest = made;
  }
  return latest;
}

const isLater = (made: Recommendation, than: Recommendation): boolean =>
  made.id === than.id ? made.version > than.version : ms(made.at) >= ms(than.at);

/** Whether an answer was given for the facts that hold now. */
export const isCurrent = (advice: Recommendation | undefined, incident: Incident): boolean =>
  advice?.incident_version === incident.version;

export interface AdviceRow {
  readonly pick: Going;
  readonly unit: Unit | undefined;
  readonly station: Station | undefined;
  readonly estimated: boolean;
}

/** Picks by arrival with what the register knows about them. */
export function adviceRows(
  advice: Advice,
  units: ReadonlyMap<string, Unit>,
  stations: ReadonlyMap<string, Station>,
): readonly AdviceRow[] {
  return [...advice.picks]
    .sort((a, b) => a.eta_s - b.eta_s || a.unit_id.localeCompare(b.unit_id))
    .map((pick) => {
      const unit = units.get(pick.unit_id);
      return { pick, unit, station: stations.get(unit?.station_id ?? ""), estimated: pick.method === "estimate" };
    });
}

/** How many different stations units come from. */
export function stationCount(unitIds: Iterable<string>, units: ReadonlyMap<string, Unit>): number {
  return new Set([...unitIds].map((id) => units.get(id)?.station_id ?? id)).size;
}

/** The nearest unit that does not go on the line that completes last: the question asked before anybody asks it. */
export function whyNotRow(advice: Advice): NotUsed | undefined {
  if (advice.not_used.length === 0) return undefined;
  const last = [...advice.picks].sort((a, b) => b.eta_s - a.eta_s);
  for (const pick of last) {
    const nearest = advice.not_used.filter((n) => n.line === pick.line).sort((a, b) => a.eta_s - b.eta_s)[0];
    if (nearest) return nearest;
  }
  return [...advice.not_used].sort((a, b) => a.eta_s - b.eta_s)[0];
}

/** proved: every stage proved. gap: within a stated gap. flow, greedy: which fallback made the plan. */
export type Trust = "proved" | "gap" | "flow" | "greedy" | "unproved";

export function trustOf(advice: Pick<Recommendation, "provenance" | "gap">): Trust {
  const { provenance, gap } = advice;
  if (provenance === "proved") return "proved";
  if (provenance === "bounded" && gap !== null) return "gap";
  if (provenance === "greedy") return "greedy";
  return provenance === "flow" ? "flow" : "unproved";
}

/** Full width of the ETA bars in seconds: round minutes, at least 12, so that rows of two incidents compare. */
export function barScale(etas_s: readonly number[]): number {
  return Math.max(12, Math.ceil(Math.max(0, ...etas_s) / 60 / 2) * 2) * 60;
}

export interface NeedSlot {
  readonly requirement: Requirement;
  readonly arrived: number;
  readonly coming: number;
  readonly advised: number;
  readonly missing: number;
}

/** Count lines with what is there, sent, advised and still missing after the advice. */
export function needSlots(
  states: readonly { readonly requirement: Requirement; readonly arrived: number; readonly coming: number; readonly missing: number }[],
  advice: Advice | undefined,
): readonly NeedSlot[] {
  return states.map(({ requirement, arrived, coming, missing }) => {
    const picks = filledBy(requirement, advice?.picks ?? []);
    const advised = Math.min(missing, picks);
    return { requirement, arrived, coming, advised, missing: missing - advised };
  });
}

/** Sum lines: what is needed and what the sent and advised units bring. */
export function sumStates(
  incident: Incident,
  assignments: readonly Assignment[],
  advice: Advice | undefined,
  units: ReadonlyMap<string, Unit>,
): readonly { readonly requirement: Requirement; readonly brought: number }[] {
  const ids = new Set([...assignments.map((a) => a.unit_id), ...(advice?.picks.map((p) => p.unit_id) ?? [])]);
  return incident.requirements
    .filter((line) => line.kind === "sum")
    .map((requirement) => ({ requirement, brought: sumOf([...ids], requirement.attribute ?? "", units) }));
}

function sumOf(ids: readonly string[], attribute: string, units: ReadonlyMap<string, Unit>): number {
  return ids.reduce((sum, id) => {
    const unit = units.get(id);
    if (!unit) return sum;
    return sum + (attribute === "crew" ? unit.crew : (unit.parameters[attribute] ?? 0));
  }, 0);
}

/** The advice without what it has already led to: picks that are bound to this incident by now. */
export function stillToSend(advice: Advice, assignments: readonly Assignment[]): Advice {
  const bound = new Set(assignments.filter(isActive).map((assignment) => assignment.unit_id));
  const picks = advice.picks.filter((pick) => !bound.has(pick.unit_id));
  return picks.length === advice.picks.length ? advice : { ...advice, picks };
}

/** Count lines that nobody fills once these units are there too. */
export function missingLines(
  states: readonly { readonly requirement: Requirement; readonly missing: number }[],
  going: readonly { readonly line: string }[],
): readonly { readonly key: string; readonly missing: number }[] {
  return states
    .map(({ requirement, missing }) => ({ key: requirement.key, missing: missing - filledBy(requirement, going) }))
    .filter(({ missing }) => missing > 0);
}
