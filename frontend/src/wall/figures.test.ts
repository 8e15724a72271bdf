// The wall's figures against cases that can be checked by hand.
import { describe, expect, it } from "vitest";
import type { Assignment, Incident, Recommendation, Station, Unit } from "../contracts";
import type { LineState } from "../needs";
import { firstDueClock, fullForceClock, readiness, rowState, waitingRecommendation } from "./figures";

const at = (s: number) => new Date(Date.UTC(2025, 10, 21, 6, 0, s)).toISOString();
const now = (s: number) => Date.parse(at(s));
const incident = (over: Partial<Incident>) =>
  ({ id: "i1", status: "dispatched", reported_at: at(0), dispatched_at: at(30), first_arrival_at: null, recommendation_id: null, ...over }) as Incident;
const sent = (id: string, over: Partial<Assignment>) =>
  ({ id, unit_id: id, incident_id: "i1", status: "enroute", dispatched_at: at(30), arrival_due_at: at(330), eta_at: null, arrived_at: null, silent: false, ...over }) as Assignment;
const line = (arrived: number, coming: number, missing: number, deadline_s: number | null = 900): LineState =>
  ({ requirement: { key: "FOAM_B", hard: true, deadline_s }, needed: arrived + coming + missing, arrived, coming, missing }) as LineState;

describe("first vehicle", () => {
  it("has no clock before an order", () => {
    expect(firstDueClock(incident({ dispatched_at: null }), undefined, [], now(60))).toBeNull();
  });
  it("runs from the order to the first arrival, against the limit of the area's station", () => {
    const station = { arrival_limit_s: 240 } as Station;
    expect(firstDueClock(incident({ first_arrival_at: at(292) }), station, [], now(900))).toMatchObject({ value_s: 262, target_s: 240, met: true });
  });
  it("runs on while nobody is there, and says what the plan expects", () => {
    const clock = firstDueClock(incident({}), undefined, [sent("a", { eta_at: at(400) }), sent("b", { eta_at: at(350) })], now(100));
    expect(clock).toEqual({ value_s: 70, target_s: 300, met: false, expected_s: 320 });
  });
});

describe("full force", () => {
  it("is met at the last arrival once nothing is missing or coming", () => {
    const there = [sent("a", { status: "on_scene", arrived_at: at(300) }), sent("b", { status: "operating", arrived_at: at(630) })];
    expect(fullForceClock(incident({}), [line(2, 0, 0)], there, now(999))).toMatchObject({ value_s: 600, target_s: 900, met: true });
  });
  it("is not met while a line is short, however many have arrived, and expects nothing then", () => {
    const there = [sent("a", { status: "on_scene", arrived_at: at(300) }), sent("b", { eta_at: at(500) })];
    expect(fullForceClock(incident({}), [line(1, 1, 1)], there, now(330))).toMatchObject({ met: false, value_s: 300, expected_s: null });
  });
  it("takes the latest deadline, and the arrival limits where no line has one", () => {
    expect(fullForceClock(incident({}), [line(0, 1, 0, 600), line(0, 1, 0, 1200)], [sent("a", {})], now(60))?.target_s).toBe(1200);
    expect(fullForceClock(incident({}), [line(0, 1, 0, null)], [sent("a", {})], now(60))?.target_s).toBe(300);
  });
});

describe("a row says the most pressing thing", () => {
  const state = (lines: LineState[], assignments: Assignment[], over: Partial<Incident> = {}) => rowState(incident(over), lines, assignments, now(100)).kind;
  it.each([
    ["waiting before anybody is sent", state([line(0, 0, 2)], []), "waiting"],
    ["silent before short", state([line(0, 1, 1)], [sent("a", { silent: true })]), "silent"],
    ["short before coming", state([line(0, 1, 1)], [sent("a", {})]), "short"],
    ["coming", state([line(1, 1, 0)], [sent("a", {})]), "coming"],
    ["arrived", state([line(1, 0, 0)], [sent("a", { status: "on_scene" })]), "arrived"],
    ["its status once controlled", state([line(0, 0, 2)], [], { status: "controlled" }), "status"],
  ])("%s", (_, is, wanted) => expect(is).toBe(wanted));
});

it("readiness counts a unit on its way home as ready, one at work as out, one out of service as stopped", () => {
  const unit = (id: string, in_service = true) => ({ id, unit_class: "water", in_service }) as Unit;
  const byUnit = new Map([["w2", sent("w2", { status: "on_scene" })], ["w3", sent("w3", { status: "returning" })]]);
  expect(readiness([unit("w1"), unit("w2"), unit("w3"), unit("w4", false)], byUnit)).toEqual([
    { unitClass: "water", total: 4, ready: 2, out: 1, stopped: 1 },
  ]);
});

describe("the suggestion strip", () => {
  const advice = (over: Partial<Recommendation>) => ({ id: "r1", incident_id: "i1", at: at(20), picks: [{}], stock: [], ...over }) as unknown as Recommendation;
  const held = (r: Recommendation) => new Map([[r.id, r]]);
  const waiting = incident({ recommendation_id: "r1" });
  it("shows advice that nobody acted on", () => {
    expect(waitingRecommendation([waiting], held(advice({})), new Map())?.id).toBe("r1");
  });
  it("goes once an order follows it, and stays where the order was before it", () => {
    const ordered = new Map([["i1", [sent("a", {})]]]);
    expect(waitingRecommendation([waiting], held(advice({})), ordered)).toBeUndefined();
    expect(waitingRecommendation([waiting], held(advice({ at: at(90) })), ordered)?.id).toBe("r1");
  });
  it("does not show empty advice", () => {
    expect(waitingRecommendation([waiting], held(advice({ picks: [] })), new Map())).toBeUndefined();
  });
});
