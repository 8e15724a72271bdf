// The wall's figures, computed from the picture: targets, states of a row, readiness, suggestion. Pure.
import type { Assignment, Incident, Recommendation, Station, Unit, UnitClass } from "../contracts";
import type { LineState } from "../needs";
import { hasArrived, isActive, isComing, unitStatus } from "../picture";
import { ms } from "../times";

/** A clock that runs against a target, in seconds after the first order. `expected_s` is the plan for what still runs. */
export interface TargetClock {
  readonly value_s: number;
  readonly target_s: number;
  readonly met: boolean;
  readonly expected_s: number | null;
}

/** 建标152-2017: the first vehicle within 5 minutes of the order. */
const FIRST_DUE_S = 300;

/** First vehicle on scene against the limit of the area's station; null before an order. */
export function firstDueClock(incident: Incident, station: Station | undefined, assignments: readonly Assignment[], now: number): TargetClock | null {
  if (!incident.dispatched_at) return null;
  const start = ms(incident.dispatched_at);
  const arrived = incident.first_arrival_at;
  const etas = assignments.filter(isComing).flatMap((a) => (a.eta_at ? [ms(a.eta_at)] : []));
  return {
    value_s: ((arrived ? ms(arrived) : now) - start) / 1000,
    target_s: station?.arrival_limit_s ?? FIRST_DUE_S,
    met: arrived !== null,
    expected_s: arrived || etas.length === 0 ? null : (Math.min(...etas) - start) / 1000,
  };
}

/**
 * The whole force on scene against the latest deadline of the hard lines; null before an order and where none has one.
 * Met when nothing is missing and nothing is still coming.
 */
export function fullForceClock(incident: Incident, lines: readonly LineState[], assignments: readonly Assignment[], now: number): TargetClock | null {
  const target_s = fullForceTarget(incident, lines, assignments);
  if (!incident.dispatched_at || target_s === null) return null;
  const start = ms(incident.dispatched_at);
  const complete = lines.every((line) => line.missing === 0);
  const met = complete && lines.every((line) => line.coming === 0);
  const arrivals = assignments.flatMap((a) => (hasArrived(a) && a.arrived_at ? [ms(a.arrived_at)] : []));
  const etas = assignments.filter(isComing).flatMap((a) => (a.eta_at ? [ms(a.eta_at)] : []));
  return {
    value_s: ((met && arrivals.length > 0 ? Math.max(...arrivals) : now) - start) / 1000,
    target_s,
    met,
    expected_s: complete && !met && etas.length > 0 ? (Math.max(...etas) - start) / 1000 : null,
  };
}

function fullForceTarget(incident: Incident, lines: readonly LineState[], assignments: readonly Assignment[]): number | null {
  const deadlines = lines.flatMap((line) => (line.requirement.hard && line.requirement.deadline_s !== null ? [line.requirement.deadline_s] : []));
  if (deadlines.length > 0) return Math.max(...deadlines);
  if (!incident.dispatched_at || assignments.length === 0 || lines.length === 0) return null;
  const start = ms(incident.dispatched_at);
  const due = Math.max(...assignments.filter(isActive).map((a) => (ms(a.arrival_due_at) - start) / 1000));
  return due > 0 ? due : null;
}

/** What a ranked row says beside its clock, the most pressing first. */
export type RowState =
  | { readonly kind: "waiting" }
  | { readonly kind: "short"; readonly line: LineState; readonly others: number }
  | { readonly kind: "silent"; readonly units: number }
  | { readonly kind: "coming"; readonly units: number; readonly next_s: number | null }
  | { readonly kind: "arrived"; readonly units: number }
  | { readonly kind: "status" };

/** State of a row from its lines and assignments. A line is short only once an order has gone out. */
export function rowState(incident: Incident, lines: readonly LineState[], assignments: readonly Assignment[], now: number): RowState {
  if (incident.status === "controlled" || incident.status === "resolved") return { kind: "status" };
  const active = assignments.filter(isActive);
  if (active.length === 0) return { kind: "waiting" };
  const silent = active.filter((a) => a.silent).length;
  if (silent > 0) return { kind: "silent", units: silent };
  const short = lines.filter((line) => line.missing > 0 && line.requirement.hard);
  const worst = short.toSorted((a, b) => b.missing - a.missing)[0];
  if (worst) return { kind: "short", line: worst, others: short.length - 1 };
  const coming = active.filter(isComing);
  if (coming.length === 0) return { kind: "arrived", units: active.length };
  const etas = coming.flatMap((a) => (a.eta_at ? [(ms(a.eta_at) - now) / 1000] : []));
  return { kind: "coming", units: coming.length, next_s: etas.length > 0 ? Math.max(0, Math.min(...etas)) : null };
}

export interface Readiness {
  readonly unitClass: UnitClass;
  readonly total: number;
  readonly ready: number;
  readonly out: number;
  readonly stopped: number;
}

/** Rows of the readiness panel; every other class is counted in the total above them. */
export const READINESS_CLASSES: readonly UnitClass[] = ["water", "foam", "ladder", "hazmat", "rescue", "medical", "team", "support"];

/** Units by class: ready (also those on their way home), out, out of service. Classes without a unit are left out. */
export function readiness(units: Iterable<Unit>, byUnit: ReadonlyMap<string, Assignment>): readonly Readiness[] {
  const rows = new Map<UnitClass, { total: number; ready: number; out: number; stopped: number }>();
  for (const unit of units) {
    const row = rows.get(unit.unit_class) ?? { total: 0, ready: 0, out: 0, stopped: 0 };
    const status = unitStatus(unit, byUnit.get(unit.id));
    row.total += 1;
    if (status === "available" || status === "returning") row.ready += 1;
    else if (status === "out_of_service") row.stopped += 1;
    else row.out += 1;
    rows.set(unit.unit_class, row);
  }
  return [...rows].map(([unitClass, row]) => ({ unitClass, ...row }));
}

export const LOW_READINESS = 0.3;

/** The newest recommendation that nobody has acted on: of an open incident, with units, after its last order. */
export function waitingRecommendation(
  incidents: readonly Incident[],
  recommendations: ReadonlyMap<string, Recommendation>,
  assignments: ReadonlyMap<string, readonly Assignment[]>,
): Recommendation | undefined {
  const waiting = incidents.flatMap((incident) => {
    const found = incident.recommendation_id ? recommendations.get(incident.recommendation_id) : undefined;
    if (!found || found.picks.length + found.stock.length === 0) return [];
    const acted = (assignments.get(incident.id) ?? []).some((a) => ms(a.dispatched_at) >= ms(found.at));
    return acted || incident.status === "resolved" ? [] : [found];
  });
  return waiting.toSorted((a, b) => ms(b.at) - ms(a.at))[0];
}

/** Ready and total units by district of their stations, for the calm wall. */
export function byDistrict(
  units: Iterable<Unit>,
  stations: ReadonlyMap<string, Station>,
  byUnit: ReadonlyMap<string, Assignment>,
): readonly { readonly district: string; readonly stations: number; readonly ready: number; readonly total: number }[] {
  const rows = new Map<string, { stations: Set<string>; ready: number; total: number }>();
  for (const unit of units) {
    const station = stations.get(unit.station_id);
    if (!station || unit.family !== "fire") continue;
    const row = rows.get(station.district) ?? { stations: new Set<string>(), ready: 0, total: 0 };
    const status = unitStatus(unit, byUnit.get(unit.id));
    row.stations.add(station.id);
    row.total += 1;
    if (status === "available" || status === "returning") row.ready += 1;
    rows.set(station.district, row);
  }
  return [...rows]
    .filter(([district]) => district !== "")
    .map(([district, row]) => ({ district, stations: row.stations.size, ready: row.ready, total: row.total }))
    .sort((a, b) => b.total - a.total);
}
