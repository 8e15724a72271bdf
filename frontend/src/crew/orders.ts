// What an order means to a crew: which state a unit is in, what may come next, how far it still is. Pure.
import type { Assignment, AssignmentStatus, Incident, Route } from "../contracts";
import { metresBetween, type LonLat } from "../geo";
import { dayOf, ms } from "../times";

/** ringing: not taken yet. ready: taken, still in the station. Then as the words say. */
export type Phase = "none" | "ringing" | "ready" | "enroute" | "scene" | "returning";

export function phaseOf(assignment: Assignment | undefined): Phase {
  switch (assignment?.status) {
    case "dispatched":
      return "ringing";
    case "acknowledged":
      return "ready";
    case "enroute":
      return "enroute";
    case "staged":
    case "on_scene":
    case "operating":
    case "rehab":
    case "resupply":
      return "scene";
    case "returning":
      return "returning";
    default:
      return "none";
  }
}

/** The one step that the large button offers. */
export const NEXT: Readonly<Partial<Record<Phase, AssignmentStatus>>> = {
  ringing: "acknowledged", ready: "enroute", enroute: "on_scene", returning: "cleared",
};

/** States on scene in the order of their buttons. */
export const WORKING = ["staged", "on_scene", "operating", "rehab", "resupply"] as const;

/** An order that was taken back and that the crew has not noted yet: newer than what it does now, within a quarter of an hour. */
export function takenBack(assignments: Iterable<Assignment>, unitId: string, current: Assignment | undefined, now: number, noted: ReadonlySet<string>): Assignment | undefined {
  const mine = [...assignments].filter((a) => a.unit_id === unitId && !noted.has(a.id) && a.reason !== "" && a.ended_at !== null);
  const recent = mine.filter((a) => (a.status === "canceled" || a.status === "returning") && now - ms(a.ended_at ?? 0) < 900_000);
  const last = recent.sort((a, b) => ms(b.ended_at ?? 0) - ms(a.ended_at ?? 0))[0];
  return current && last && last.id !== current.id && ms(current.dispatched_at) >= ms(last.ended_at ?? 0) ? undefined : last;
}

/** Metres still to go along a route from the point of it that is nearest to `at`; the whole route without a position. */
export function metresLeft(route: Route, at: LonLat | undefined): number {
  if (!at || route.points.length < 2) return route.length_m;
  let nearest = 0;
  let best = Infinity;
  route.points.forEach((point, i) => {
    const distance = metresBetween(point, at);
    if (distance < best) {
      best = distance;
      nearest = i;
    }
  });
  let left = 0;
  for (let i = nearest; i < route.points.length - 1; i += 1) {
    const a = route.points[i];
    const b = route.points[i + 1];
    if (a && b) left += metresBetween(a, b);
  }
  return left;
}

export interface StationOrder {
  readonly incident: Incident;
  readonly assignments: readonly Assignment[];
  readonly ringing: boolean;
}

const COMING: ReadonlySet<string> = new Set(["dispatched", "acknowledged", "enroute"]);

/** Orders of a station by incident, the newest ringing first; gone when every unit has arrived. */
export function stationOrders(assignments: Iterable<Assignment>, incidents: ReadonlyMap<string, Incident>, stationId: string): readonly StationOrder[] {
  const groups = new Map<string, Assignment[]>();
  for (const assignment of assignments) {
    if (assignment.station_id !== stationId || !COMING.has(assignment.status)) continue;
    groups.set(assignment.incident_id, [...(groups.get(assignment.incident_id) ?? []), assignment]);
  }
  const newest = (order: StationOrder) => Math.max(...order.assignments.map((a) => ms(a.dispatched_at)));
  return [...groups]
    .flatMap(([id, mine]) => {
      const incident = incidents.get(id);
      const sorted = mine.sort((a, b) => a.unit_id.localeCompare(b.unit_id));
      return incident ? [{ incident, assignments: sorted, ringing: mine.some((a) => a.status === "dispatched") }] : [];
    })
    .sort((a, b) => Number(b.ringing) - Number(a.ringing) || newest(b) - newest(a));
}

/** How often units left today, and the ninth decile of their turnout in seconds (null while nobody left). */
export function turnouts(assignments: Iterable<Assignment>, keep: (a: Assignment) => boolean, now: number): { readonly runs: number; readonly p90_s: number | null } {
  const today = [...assignments].filter((a) => keep(a) && dayOf(a.dispatched_at) === dayOf(now) && a.enroute_at);
  const seconds = today.map((a) => (ms(a.enroute_at ?? 0) - ms(a.dispatched_at)) / 1000).sort((a, b) => a - b);
  const p90 = seconds[Math.ceil(seconds.length * 0.9) - 1];
  return { runs: today.length, p90_s: p90 ?? null };
}
