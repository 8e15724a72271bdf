// Receipt, turnout and arrival against their limits; the queue by urgency; repeats with evidence.
import { describe, expect, it } from "vitest";
import type { Assignment, Incident, Report } from "../contracts";
import { allMet, incidentClocks, silentUnits } from "./clocks";
import { neighbour, queueOrder, repeats } from "./queue";

const at = (s: number) => new Date(Date.UTC(2026, 10, 21, 6, 0, s)).toISOString();
const now = (s: number) => Date.UTC(2026, 10, 21, 6, 0, s);
const assignment = (over: Partial<Assignment>): Assignment =>
  ({
    id: "a", unit_id: "u", status: "dispatched", silent: false, dispatched_at: at(0), acknowledged_at: null, enroute_at: null,
    arrived_at: null, receipt_due_at: at(30), turnout_due_at: at(60), arrival_due_at: at(300), ...over,
  }) as unknown as Assignment;

describe("clocks", () => {
  it("run, warn past 55 % of the limit, and are late past it", () => {
    const states = (s: number) => incidentClocks([assignment({})], now(s)).map((clock) => clock.state);
    expect(states(10)).toEqual(["running", "running", "running"]);
    expect(states(20)[0]).toBe("warn");
    expect(states(34)[0]).toBe("late");
  });
  it("show the unit that is furthest behind, not the one that answered", () => {
    const quick = assignment({ id: "q", acknowledged_at: at(5), status: "acknowledged" });
    expect(incidentClocks([quick, assignment({ id: "slow" })], now(34))[0]).toMatchObject({ state: "late", value_s: 34 });
  });
  it("measure arrival by the first unit", () => {
    const first = assignment({ id: "f", arrived_at: at(218), enroute_at: at(50), acknowledged_at: at(9), status: "on_scene" });
    expect(incidentClocks([first, assignment({ id: "g", enroute_at: at(55), acknowledged_at: at(9), status: "enroute" })], now(500))[2]).toMatchObject({ state: "met", value_s: 218 });
  });
  it("are idle while nobody is ordered, and then not met", () => {
    const idle = incidentClocks([], now(0));
    expect(idle.map((clock) => clock.state)).toEqual(["idle", "idle", "idle"]);
    expect(allMet(idle)).toBe(false);
  });
  it("name silent units once their receipt is late", () => {
    expect(silentUnits([assignment({})], now(20))).toEqual([]);
    expect(silentUnits([assignment({})], now(31))).toHaveLength(1);
    expect(silentUnits([assignment({ acknowledged_at: at(10), status: "acknowledged" })], now(99))).toEqual([]);
  });
});

const incident = (id: string, status: string, level: number, s: number) => ({ id, status, alarm_level: level, reported_at: at(s) }) as unknown as Incident;

describe("queue", () => {
  const waiting = incident("w", "reported", 1, 50);
  const large = incident("l", "on_scene", 4, 0);
  const silent = incident("s", "dispatched", 2, 10);
  it("puts who waits first, then who does not answer, then the worst", () => {
    const by = new Map([["s", [assignment({})]]]);
    expect(queueOrder([large, silent, waiting, incident("gone", "closed", 5, 0)], by, now(40)).map((i) => i.id)).toEqual(["w", "s", "l"]);
  });
  it("walks round", () => {
    expect(neighbour([waiting, large], "l", 1)).toBe("w");
    expect(neighbour([], null, 1)).toBeNull();
  });
});

describe("repeats", () => {
  const own = incident("own", "reported", 1, 20);
  const other = incident("other", "dispatched", 3, 0);
  const report = { id: "r", outcome: "incident", incident_id: "own", reported_at: at(20), suggestions: [{ incident_id: "other", distance_m: 140, seconds_apart: 19, same_kind: true }] } as unknown as Report;
  const incidents = new Map([["own", own], ["other", other]]);
  it("show the evidence until somebody answers", () => {
    expect(repeats([report], incidents, new Set())).toMatchObject([{ other: { id: "other" }, evidence: { distance_m: 140 } }]);
    expect(repeats([report], incidents, new Set(["r"]))).toEqual([]);
  });
  it("are gone when the other incident has ended", () => {
    expect(repeats([report], new Map([["own", own], ["other", incident("other", "closed", 3, 0)]]), new Set())).toEqual([]);
  });
});
