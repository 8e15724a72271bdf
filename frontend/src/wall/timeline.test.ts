// Lanes, labels and the event list.
import { describe, expect, it } from "vitest";
import type { Assignment, Incident, IncidentEntry, SupplyOrder } from "../contracts";
import { barOf, labelled, laneOf, lastEvents } from "./timeline";

const minute = (m: number) => new Date(Date.UTC(2025, 10, 21, 6, 30) + m * 60_000).toISOString();
const NOW = Date.parse(minute(0));
const none = { first_arrival_at: null, controlled_at: null, resolved_at: null, closed_at: null };
const incident = (over: Partial<Incident>) => ({ id: "i1", reported_at: minute(-20), dispatched_at: minute(-19), ...none, ...over }) as Incident;
const sent = (id: string, over: Partial<Assignment>) =>
  ({ id, unit_id: id, incident_id: "i1", order_id: "o1", status: "enroute", dispatched_at: minute(-19), acknowledged_at: null, enroute_at: null, arrived_at: null, eta_at: null, ...over }) as Assignment;

describe("a lane", () => {
  it("holds the past as it was and the arrivals that are still to come", () => {
    const marks = laneOf(incident({ first_arrival_at: minute(-14) }), [sent("u1", { eta_at: minute(4) }), sent("u2", { eta_at: minute(-1) }), sent("u3", { status: "on_scene", eta_at: minute(2) })], [], [], NOW);
    expect(marks.map((m) => [m.kind, m.minutes])).toEqual([["reported", -20], ["ordered", -19], ["first", -14], ["unit", 4]]);
  });
  it("leaves out what lies beyond half an hour", () => {
    expect(laneOf(incident({ reported_at: minute(-45), dispatched_at: minute(-44) }), [sent("u1", { eta_at: minute(31) })], [], [], NOW)).toEqual([]);
  });
  it("draws unconfirmed stock hollow and names level changes", () => {
    const order = (status: string) => ({ id: status, incident_id: "i1", stockpile_id: "d1", status, eta_at: minute(17) }) as SupplyOrder;
    const raised = { id: "e1", incident_id: "i1", code: "level_changed", at: minute(-8), params: { before: 3, after: 4 } } as unknown as IncidentEntry;
    const marks = laneOf(incident({}), [], [order("unconfirmed"), order("committed"), order("refused")], [raised], NOW);
    expect(marks.filter((m) => m.kind === "stock").map((m) => m.hollow)).toEqual([true, false]);
    expect(marks.find((m) => m.kind === "level")?.subject).toBe("4");
  });
  it("has a bar from the call to now, cut at half an hour, ended by the end", () => {
    expect(barOf(incident({}), NOW)).toEqual([-20, 0]);
    expect(barOf(incident({ reported_at: minute(-50), resolved_at: minute(-5) }), NOW)).toEqual([-30, -5]);
  });
});

it("labels never touch", () => {
  const marks = [{ x: 10, width: 20 }, { x: 25, width: 20 }, { x: 40, width: 20 }, { x: 80, width: 0 }];
  expect([...labelled(marks, 2)]).toEqual([marks[0], marks[2]]);
});

describe("the event list", () => {
  it("is newest first and joins units of one order that do the same within a minute", () => {
    const two = ["u1", "u2"].map((id) => sent(id, { arrived_at: minute(-2) }));
    const events = lastEvents([incident({})], two, [], 3);
    expect(events.map((e) => [e.kind, e.unitIds])).toEqual([["arrived", ["u1", "u2"]], ["dispatched", ["u1", "u2"]], ["reported", []]]);
  });
  it("keeps units of two orders apart", () => {
    const apart = [sent("u1", { arrived_at: minute(-2) }), sent("u2", { arrived_at: minute(-2), order_id: "o2" })];
    expect(lastEvents([], apart, [], 9).filter((e) => e.kind === "arrived")).toHaveLength(2);
  });
});
