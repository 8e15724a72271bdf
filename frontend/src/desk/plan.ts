// A recommendation holds several plans: which there are, and what the desk shows and orders when one is chosen. Pure.
import type { Alternative, Pick, PlannedUnit, Recommendation } from "../contracts";

/** The plan that is the recommendation itself, where an answer has no plans of its own. */
export const RECOMMENDED = "fastest";
/** The plan that stands beside the others for comparison and is not chosen. */
export const REFERENCE = "greedy";
/** The plans to choose from, in the order of their keys. */
export const CHOOSABLE = [RECOMMENDED, "covered", "calm"] as const;
export const KEY_OF: Readonly<Record<string, string>> = { fastest: "F6", covered: "F7", calm: "F8" };

/** A unit of a plan as the desk shows it; why it goes is known for units of the recommendation. */
export type Going = PlannedUnit & { readonly method: Pick["method"]; readonly why: Pick["why"] };

/** A recommendation, or one of its alternatives in its place. */
export interface Advice extends Omit<Recommendation, "picks"> {
  readonly picks: readonly Going[];
  /** The alternative that stands in for the recommendation. */
  readonly alternative?: string;
}

/** The plans of a recommendation, the recommendation first. An answer without plans of its own has only itself. */
export function alternativesOf(advice: Recommendation): readonly Alternative[] {
  if (advice.alternatives.length > 0) return advice.alternatives;
  const { outcome, provenance, gap, greedy } = advice;
  const bare = { adds: [], leaves: [], roles: {}, stations: {}, cover: null };
  return [
    { ...bare, name: RECOMMENDED, outcome, provenance, gap, curve: advice.picks.map((pick) => pick.eta_s).sort((a, b) => a - b) },
    { ...bare, name: REFERENCE, outcome: greedy.outcome, provenance: "greedy", gap: null, curve: [] },
  ];
}

/** The plan that is the recommendation: the first, whatever the policy puts there. */
const recommendedOf = (advice: Recommendation | undefined): string => advice?.alternatives[0]?.name ?? RECOMMENDED;

/** The wanted plan if the recommendation has it, else the recommendation itself. */
export function planName(advice: Recommendation | undefined, wanted: string | undefined): string {
  const has = advice?.alternatives.some((each) => each.name === wanted && each.name !== REFERENCE);
  return has && wanted !== undefined ? wanted : recommendedOf(advice);
}

/** The plans to choose from that are still being made. */
export const duePlans = (advice: Recommendation | undefined): readonly string[] =>
  advice?.alternatives_due ? CHOOSABLE.filter((name) => !advice.alternatives.some((each) => each.name === name)) : [];

/** The recommendation as it is shown and ordered under one of its plans. */
export function planned(advice: Recommendation, name: string): Advice {
  const chosen = advice.alternatives.find((each) => each.name === name);
  if (!chosen || name === recommendedOf(advice)) return advice;
  const { outcome, provenance, gap } = chosen;
  const picks = unitsOf(advice, chosen);
  const going = new Set(picks.map((pick) => pick.unit_id));
  return {
    ...advice,
    alternative: name,
    picks,
    outcome,
    provenance,
    gap,
    not_used: advice.not_used.filter((other) => !going.has(other.unit_id)),
    unmet: outcome.unmet === advice.outcome.unmet ? advice.unmet : [],
    road_limited: [],
    one_more: [],
    totals_short: [],
    area: null,
  };
}

/** Units of one plan: what it leaves of the recommendation, what it takes instead, and who does something else. */
export function unitsOf(advice: Recommendation, plan: Alternative): readonly Going[] {
  const leaves = new Set(plan.leaves);
  // How an added unit's time was found is not told; where one time is an estimate, it may be one too.
  const method = advice.picks.find((pick) => pick.method === "estimate")?.method ?? "road";
  const kept = advice.picks.filter((pick) => !leaves.has(pick.unit_id));
  return [...kept.map((pick) => ({ ...pick, line: plan.roles[pick.unit_id] ?? pick.line })), ...plan.adds.map((each) => ({ ...each, method, why: [] }))];
}

/** The first plan before this one that sends the same units, null where there is none. */
export function sameAs(plan: Alternative, plans: readonly Alternative[]): string | null {
  const units = differenceOf(plan);
  const before = plans.slice(0, plans.indexOf(plan));
  return before.find((each) => each.name !== REFERENCE && differenceOf(each) === units)?.name ?? null;
}

const differenceOf = ({ adds, leaves }: Alternative): string =>
  JSON.stringify([adds.map((each) => each.unit_id).sort(), [...leaves].sort()]);

export interface StationShare {
  readonly station_id: string;
  readonly takes: number;
  /** Free units that stay, null where nobody has said. */
  readonly stays: number | null;
}

/** What a plan takes from each station and leaves there, the largest share first. */
export function stationShares(units: readonly Going[], plan: Alternative, stationOf: (unitId: string) => string): readonly StationShare[] {
  const takes = new Map<string, number>();
  for (const { unit_id } of units) takes.set(stationOf(unit_id), (takes.get(stationOf(unit_id)) ?? 0) + 1);
  return [...takes]
    .map(([station_id, n]) => ({ station_id, takes: n, stays: plan.stations[station_id]?.[1] ?? null }))
    .sort((a, b) => b.takes - a.takes || a.station_id.localeCompare(b.station_id));
}
