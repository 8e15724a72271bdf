// What happened and what is about to arrive, as marks on lanes and as lines of the event list. Pure.
import type { Assignment, Incident, IncidentEntry, SupplyOrder } from "../contracts";
import { isComing } from "../picture";
import { ms } from "../times";

export type MarkKind = "reported" | "ordered" | "first" | "controlled" | "resolved" | "level" | "unit" | "stock" | "other";

/** A mark of a lane; `minutes` from now, negative in the past. */
export interface LaneMark {
  readonly key: string;
  readonly minutes: number;
  readonly kind: MarkKind;
  /** Unit of an arrival, stockpile of stock, level of a change. */
  readonly subject: string;
  readonly hollow: boolean;
}

const inSpan = (mark: LaneMark): boolean => Math.abs(mark.minutes) <= 30;

/** Marks of one incident: its steps, level changes, and the arrivals that are still to come. */
export function laneOf(
  incident: Incident,
  assignments: readonly Assignment[],
  orders: readonly SupplyOrder[],
  entries: readonly IncidentEntry[],
  now: number,
): readonly LaneMark[] {
  const minutes = (at: string) => (ms(at) - now) / 60_000;
  const mark = (kind: MarkKind, at: string | null, subject = "", key: string = kind, hollow = false): LaneMark[] =>
    at === null ? [] : [{ key, minutes: minutes(at), kind, subject, hollow }];
  const levels = entries.filter((e) => e.code === "level_changed" && typeof e.params["after"] === "number");
  const arrivals = assignments.filter((a) => isComing(a) && a.eta_at !== null && ms(a.eta_at) >= now);
  const stock = orders.filter((o) => o.eta_at !== null && ms(o.eta_at) >= now && !["delivered", "refused", "canceled"].includes(o.status));
  return [
    ...mark("reported", incident.reported_at),
    ...mark("ordered", incident.dispatched_at),
    ...mark("first", incident.first_arrival_at),
    ...mark("controlled", incident.controlled_at),
    ...mark("resolved", incident.resolved_at),
    ...levels.flatMap((e) => mark("level", e.at, String(e.params["after"]), e.id)),
    ...arrivals.flatMap((a) => mark("unit", a.eta_at, a.unit_id, a.id)),
    ...stock.flatMap((o) => mark("stock", o.eta_at, o.stockpile_id, o.id, o.status === "unconfirmed")),
  ].filter(inSpan).sort((a, b) => a.minutes - b.minutes);
}

/** Where a lane's bar begins and ends in minutes from now: from the call to now, or to its end. */
export function barOf(incident: Incident, now: number): readonly [number, number] {
  const start = (ms(incident.reported_at) - now) / 60_000;
  const end = incident.resolved_at ? (ms(incident.resolved_at) - now) / 60_000 : 0;
  return [Math.max(-30, start), Math.max(-30, end)];
}

/** Labels that fit: greedy from the left, those that would touch the one before are dropped. */
export function labelled<M extends { readonly x: number; readonly width: number }>(marks: readonly M[], gap: number): ReadonlySet<M> {
  const kept = new Set<M>();
  let end = -Infinity;
  for (const mark of marks) {
    if (mark.width === 0 || mark.x - mark.width / 2 < end + gap) continue;
    kept.add(mark);
    end = mark.x + mark.width / 2;
  }
  return kept;
}

export type EventKind = "reported" | "dispatched" | "acknowledged" | "enroute" | "arrived" | "controlled" | "resolved" | "closed" | "delivered";

/** One line of the event list. Units of one order that do the same within the same minute are one line. */
export interface WallEvent {
  readonly key: string;
  readonly at: number;
  readonly kind: EventKind;
  readonly incidentId: string;
  readonly unitIds: readonly string[];
}

/** The newest happenings, newest first. */
export function lastEvents(
  incidents: Iterable<Incident>,
  assignments: Iterable<Assignment>,
  orders: Iterable<SupplyOrder>,
  most: number,
): readonly WallEvent[] {
  const events = [...[...incidents].flatMap(ofIncident), ...grouped(assignments), ...[...orders].flatMap(ofOrder)];
  return events.sort((a, b) => b.at - a.at || a.key.localeCompare(b.key)).slice(0, most);
}

function ofIncident(incident: Incident): WallEvent[] {
  const line = (kind: EventKind, at: string | null): WallEvent[] =>
    at === null ? [] : [{ key: `${incident.id}:${kind}`, at: ms(at), kind, incidentId: incident.id, unitIds: [] }];
  return [
    ...line("reported", incident.reported_at),
    ...line("controlled", incident.controlled_at),
    ...line("resolved", incident.resolved_at),
    ...line("closed", incident.closed_at),
  ];
}

function ofOrder(order: SupplyOrder): WallEvent[] {
  if (!order.delivered_at) return [];
  return [{ key: order.id, at: ms(order.delivered_at), kind: "delivered", incidentId: order.incident_id, unitIds: [] }];
}

function grouped(assignments: Iterable<Assignment>): WallEvent[] {
  const lines = new Map<string, WallEvent>();
  for (const a of assignments) {
    const steps: [EventKind, string | null][] = [
      ["dispatched", a.dispatched_at], ["acknowledged", a.acknowledged_at], ["enroute", a.enroute_at], ["arrived", a.arrived_at],
    ];
    for (const [kind, at] of steps) {
      if (at === null) continue;
      const key = `${a.incident_id}:${kind}:${a.order_id}:${Math.floor(ms(at) / 60_000)}`;
      const before = lines.get(key);
      lines.set(key, {
        key, kind, incidentId: a.incident_id,
        at: Math.max(before?.at ?? 0, ms(at)),
        unitIds: [...(before?.unitIds ?? []), a.unit_id],
      });
    }
  }
  return [...lines.values()];
}
