// The chosen plan is what is shown and ordered, each unit once and on its line; curves share one scale.
import { describe, expect, it } from "vitest";
import type { Alternative, Pick, Recommendation } from "../contracts";
import { curveOf, curveScale, ticks } from "./curve";
import { NO_EDIT, orderForm } from "./edit";
import { latestAdvice } from "./advice";
import { alternativesOf, duePlans, planName, planned, sameAs, stationShares, unitsOf } from "./plan";

const pick = (unit_id: string, line: string, eta_s: number) => ({ unit_id, line, eta_s, method: "road", why: [] }) as unknown as Pick;
const plan = (name: string, more: Partial<Alternative> = {}): Alternative => ({
  name, outcome: { first_due_s: 200, complete_s: 400, mean_s: 300, units: 2, unmet: 0 }, curve: [200, 400], adds: [], leaves: [], roles: {},
  stations: {}, cover: null, provenance: "proved", gap: 0, ...more,
});
const covered = plan("covered", { adds: [{ unit_id: "c", line: "WATER", eta_s: 450 }], leaves: ["b"], roles: { a: "RESCUE" }, stations: { s1: [1, 2] } });
const advice = {
  id: "r1", picks: [pick("a", "FOAM", 200), pick("b", "WATER", 400)], not_used: [{ unit_id: "c" }, { unit_id: "d" }], stock: [], unmet: [],
  outcome: plan("fastest").outcome, provenance: "proved", gap: 0, pinned: [], forbidden: [],
  greedy: { outcome: plan("greedy").outcome, unit_ids: ["a", "c"], only_greedy: [], only_ours: [] },
  alternatives: [plan("fastest"), covered, plan("calm"), plan("greedy", { leaves: ["b"] })],
} as unknown as Recommendation;
const ids = (name: string) => orderForm(NO_EDIT, planned(advice, name), true).units?.map((unit) => unit.unit_id);

describe("the chosen plan", () => {
  it("is ordered with its own units, its name and the recommendation that it came from", () => {
    expect(orderForm(NO_EDIT, planned(advice, "covered"), true)).toMatchObject({
      recommendation_id: "r1", alternative: "covered", kind: "full", units: [{ unit_id: "a", line: "RESCUE" }, { unit_id: "c", line: "WATER" }],
    });
    expect(ids("covered")).not.toEqual(advice.picks.map((each) => each.unit_id));
  });
  it("is the recommendation itself without a name where nothing else is chosen", () => {
    expect(planned(advice, "fastest")).toBe(advice);
    expect(orderForm(NO_EDIT, planned(advice, "fastest"), true)).not.toHaveProperty("alternative");
  });
  it("is the first of an answer, whatever a policy puts there, and any other is ordered by its name", () => {
    const turned = { ...advice, alternatives: [covered, plan("fastest", { leaves: ["a"] })] } as unknown as Recommendation;
    expect(planName(turned, undefined)).toBe("covered");
    expect(planned(turned, "covered")).toBe(turned);
    expect(orderForm(NO_EDIT, planned(turned, "fastest"), true)).toMatchObject({ alternative: "fastest", units: [{ unit_id: "b" }] });
  });
  it("would send a unit that stays if what it leaves were forgotten", () => {
    const forgotten = { ...advice, alternatives: [plan("fastest"), { ...covered, leaves: [] }] };
    expect(planned(forgotten, "covered").picks.map((each) => each.unit_id)).toContain("b");
    expect(ids("covered")).not.toContain("b");
  });
  it("no longer calls a unit unused that it sends", () => {
    expect(planned(advice, "covered").not_used.map((other) => other.unit_id)).toEqual(["d"]);
  });
  it("stays chosen in a new answer that has it, and falls back in one that has not; the reference is never chosen", () => {
    expect(planName(advice, "covered")).toBe("covered");
    expect(planName({ ...advice, alternatives: [] }, "covered")).toBe("fastest");
    expect(planName(advice, "greedy")).toBe("fastest");
  });
});

describe("a plan that is still being made", () => {
  const early = { ...advice, alternatives: [plan("fastest"), plan("greedy")], alternatives_due: true, version: 1, at: "2026-01-01T00:00:00Z", incident_id: "i1" };
  const whole = { ...advice, alternatives_due: false, version: 2, at: early.at, incident_id: "i1" };

  it("is one that can be chosen and is not there yet", () => {
    expect(duePlans(early)).toEqual(["covered", "calm"]);
    expect(duePlans(whole)).toEqual([]);
    expect(duePlans({ ...early, alternatives_due: false })).toEqual([]);
  });
  it("comes with the next version of the same recommendation, whichever arrives first", () => {
    expect(latestAdvice([early, whole], "i1")).toBe(whole);
    expect(latestAdvice([whole, early], "i1")).toBe(whole);
  });
});

describe("the cards", () => {
  it("say which earlier plan sends the same units", () => {
    const plans = alternativesOf(advice);
    expect(plans.map((each) => sameAs(each, plans))).toEqual([null, null, "fastest", null]);
  });
  it("of an answer without plans are the answer and the nearest-first list", () => {
    const [own, nearest] = alternativesOf({ ...advice, alternatives: [] });
    expect([own?.name, own?.curve, nearest?.name, nearest?.curve]).toEqual(["fastest", [200, 400], "greedy", []]);
  });
  it("tell what every station gives and keeps", () => {
    const home = (id: string) => (id === "c" ? "s1" : "s2");
    expect(stationShares(unitsOf(advice, covered), covered, home)).toEqual([
      { station_id: "s1", takes: 1, stays: 2 }, { station_id: "s2", takes: 1, stays: null },
    ]);
  });
});

describe("the curve", () => {
  const late = plan("calm", { curve: [200, 400, 900], outcome: { ...covered.outcome, unmet: 1 } });
  const scale = curveScale([plan("fastest"), late]);

  it("has one scale for all plans, wide and high enough for the largest", () => {
    expect(scale).toEqual({ span_s: 1200, most: 4 });
    expect(ticks(scale)).toEqual([0, 300, 600, 900, 1200]);
  });
  it("rises by one unit at every arrival and never falls", () => {
    const { line } = curveOf([200, 400, 900], 0, scale);
    expect(line).toBe("M0 100H16.67V75H33.33V50H75V25H100");
    expect(heights(line)).toEqual([...heights(line)].sort((a, b) => b - a));
  });
  it("is ringed where everybody is there, and boxed where somebody is missing", () => {
    expect(curveOf([200, 400], 0, scale)).toMatchObject({ complete: { x: 33.33, y: 50 }, missing: null });
    expect(curveOf(late.curve, late.outcome.unmet, scale)).toMatchObject({ complete: null, missing: { x: 75, y: 0, height: 25 } });
    expect(curveOf([], 0, scale)).toMatchObject({ complete: null, missing: null, line: "M0 100H100" });
  });
  it("of a scale that was taken from one plan alone would leave its box", () => {
    const own = curveScale([plan("fastest")]);
    const inside = (line: string) => heights(line).every((y) => y >= 0);
    expect(inside(curveOf(late.curve, 1, own).line)).toBe(false);
    expect(inside(curveOf(late.curve, 1, scale).line)).toBe(true);
  });
});

/** Heights of a line's steps, from its foot on. */
const heights = (line: string): readonly number[] => [100, ...[...line.matchAll(/V(-?[\d.]+)/g)].map((step) => Number(step[1]))];
