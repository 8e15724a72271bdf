// Whom one may ask and what was promised, from the advice and the requests of one incident.
import { describe, expect, it } from "vitest";
import type { AidRequest, Askable } from "../contracts";
import { aidOf, answerable, offersOf, promisedUnits, readySeconds } from "./aid";
import type { Advice } from "./plan";

const can = (line: string, unit_id: string, organisation_id: string, eta_s: number): Askable => ({ line, unit_id, organisation_id, eta_s });
const advice = {
  askable: [can("WATER", "x1", "xpcc", 900), can("WATER", "x2", "xpcc", 950), can("WATER", "s1", "soc", 700), can("FOAM", "x2", "xpcc", 950)],
  unmet: [{ line: "WATER", missing: 1, competing: [] }],
} as unknown as Advice;

const request = (id: string, more: Partial<AidRequest>): AidRequest => ({
  id, version: 1, incident_id: "i1", organisation_id: "xpcc", text: "", unit_ids: [], status: "asked", promised: [], reason: "",
  asked_at: "2026-01-10T04:00:00Z", asked_by: "03", answered_at: null, answered_by: "", ended_at: null, ...more,
});
const promise = request("r2", { status: "promised", promised: [{ unit_id: "x1", ready_at: "2026-01-10T04:10:00Z" }] });

describe("offers", () => {
  it("stand by organisation, the soonest help first, each unit once", () => {
    const [first, second] = offersOf(advice, []);
    expect([first?.organisation_id, second?.organisation_id]).toEqual(["soc", "xpcc"]);
    expect(second?.unit_ids).toEqual(["x1", "x2"]);
    expect(second?.lines[0]?.units.map(({ unit_id }) => unit_id), "more are shown than are missing").toEqual(["x1", "x2"]);
    expect(offersOf({ ...advice, askable: advice.askable.slice(0, 2) }, [])[0]?.unit_ids, "and as many asked for").toEqual(["x1"]);
    expect(second?.lines.map(({ line, units }) => [line, units.length])).toEqual([["WATER", 2], ["FOAM", 1]]);
  });
  it("leave out what is asked for or promised, and come back where it was declined", () => {
    const ids = (...requests: readonly AidRequest[]) => offersOf(advice, requests).flatMap((offer) => offer.unit_ids);
    expect(ids(request("r1", { unit_ids: ["s1"] }), promise)).toEqual(["x2"]);
    expect(ids(request("r1", { unit_ids: ["s1"], status: "declined" }))).toEqual(["s1", "x1", "x2"]);
    expect(offersOf(undefined, [])).toEqual([]);
  });
});

describe("requests", () => {
  it("are those of the incident that are open or declined, the latest first", () => {
    const made = [
      request("r1", {}), request("r2", { asked_at: "2026-01-10T04:01:00Z", status: "declined" }),
      request("r3", { status: "withdrawn" }), request("r4", { incident_id: "i2" }), request("r5", { status: "ended" }),
    ];
    expect(aidOf(made, "i1").map(({ id }) => id)).toEqual(["r2", "r1"]);
  });
  it("promise units until they are taken back", () => {
    expect([...promisedUnits([promise, request("r1", { unit_ids: ["x2"] })])]).toEqual(["x1"]);
    expect(promisedUnits([{ ...promise, status: "withdrawn" }]).size).toBe(0);
  });
  it("are answered with the units asked for, or with those that could be asked for", () => {
    expect(answerable(request("r1", { unit_ids: ["x2"] }), advice)).toEqual(["x2"]);
    expect(answerable(request("r1", {}), advice)).toEqual(["x1", "x2"]);
  });
});

it("takes whole minutes and nothing else", () => {
  expect([readySeconds("0"), readySeconds(" 15 "), readySeconds(""), readySeconds("-1"), readySeconds("soon"), readySeconds("99999")]).toEqual([0, 900, null, null, null, null]);
});
