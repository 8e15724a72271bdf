// The three clocks of an incident's units: receipt, turnout, arrival, each against its limit. Pure.
import type { Assignment } from "../contracts";
import { ms } from "../times";

export type ClockName = "receipt" | "turnout" | "arrival";
/** running is blue, warn yellow past 55 % of the limit, met green, late red with its sign. */
export type ClockState = "idle" | "running" | "warn" | "met" | "late";

/** Seconds of realm time. `value_s` is null while nobody is ordered. */
export interface UnitClock {
  readonly name: ClockName;
  readonly limit_s: number;
  readonly value_s: number | null;
  readonly state: ClockState;
}

const WARN_FROM = 0.55;
const USUAL_LIMITS_S: Readonly<Record<ClockName, number>> = { receipt: 30, turnout: 60, arrival: 300 };

const DONE: Readonly<Record<ClockName, (a: Assignment) => string | null>> = {
  receipt: (a) => a.acknowledged_at ?? a.enroute_at ?? a.arrived_at,
  turnout: (a) => a.enroute_at ?? a.arrived_at,
  arrival: (a) => a.arrived_at,
};
const DUE: Readonly<Record<ClockName, (a: Assignment) => string>> = {
  receipt: (a) => a.receipt_due_at,
  turnout: (a) => a.turnout_due_at,
  arrival: (a) => a.arrival_due_at,
};

/** One unit's clock at `now` (ms since 1970, realm time). */
function clockOf(name: ClockName, assignment: Assignment, now: number): UnitClock {
  const start = ms(assignment.dispatched_at);
  const done = DONE[name](assignment);
  const limit_s = Math.max(1, Math.round((ms(DUE[name](assignment)) - start) / 1000));
  const value_s = Math.max(0, ((done ? ms(done) : now) - start) / 1000);
  return { name, limit_s, value_s, state: stateOf(value_s, limit_s, done !== null) };
}

function stateOf(value_s: number, limit_s: number, done: boolean): ClockState {
  if (value_s > limit_s) return "late";
  if (done) return "met";
  return value_s > limit_s * WARN_FROM ? "warn" : "running";
}

/**
 * The clocks of an incident: receipt and turnout are those of the unit that is furthest behind its limit; arrival is
 * the first unit's, because the first-due target is what the field measures (GB 51054: 5 min after the order).
 */
export function incidentClocks(assignments: readonly Assignment[], now: number): readonly UnitClock[] {
  return [worst("receipt", assignments, now), worst("turnout", assignments, now), firstArrival(assignments, now)];
}

const idle = (name: ClockName): UnitClock => ({ name, limit_s: USUAL_LIMITS_S[name], value_s: null, state: "idle" });
const share = (clock: UnitClock): number => (clock.value_s ?? 0) / clock.limit_s;

function worst(name: ClockName, assignments: readonly Assignment[], now: number): UnitClock {
  const clocks = assignments.map((assignment) => clockOf(name, assignment, now));
  const open = clocks.filter((clock) => clock.state !== "met");
  const among = open.length > 0 ? open : clocks;
  return among.reduce<UnitClock | null>((most, clock) => (most && share(most) >= share(clock) ? most : clock), null) ?? idle(name);
}

function firstArrival(assignments: readonly Assignment[], now: number): UnitClock {
  const arrived = assignments.filter((a) => a.arrived_at).map((a) => clockOf("arrival", a, now));
  const first = arrived.sort((a, b) => (a.value_s ?? 0) - (b.value_s ?? 0))[0];
  if (first) return first;
  const soonest = [...assignments].sort((a, b) => ms(a.arrival_due_at) - ms(b.arrival_due_at))[0];
  return soonest ? clockOf("arrival", soonest, now) : idle("arrival");
}

/** Whether an incident may be shown small: ordered, and every clock met. */
export const allMet = (clocks: readonly UnitClock[]): boolean => clocks.every((clock) => clock.state === "met");

/** Units whose receipt is late: dispatched, past the limit, without a sign. */
export function silentUnits(assignments: readonly Assignment[], now: number): readonly Assignment[] {
  return assignments.filter((a) => a.status === "dispatched" && (a.silent || now > ms(a.receipt_due_at)));
}
