// From digits to a report, and from a recommendation to exactly the order that is displayed.
import { describe, expect, it } from "vitest";
import type { Incident, Pick, Place, Recommendation } from "../contracts";
import { changedFacts, choose, draftOf, EMPTY_DRAFT, lacking, reportForm } from "./draft";
import { add, NO_EDIT, obstacle, orderedIds, orderForm, replaced, toggle } from "./edit";

const place = { id: "p1", name: "华泰路16号", at: [87.69, 43.96], occupancy: "chemical", height_m: 20 } as unknown as Place;
const pick = (unit_id: string, line: string, eta_s: number) => ({ unit_id, line, eta_s }) as unknown as Pick;
const advice = (id: string, picks: readonly Pick[]) =>
  ({ id, picks, stock: [{ stockpile_id: "s1", item_code: "foam", quantity: 12, trucks: 1, eta_s: 700, why: [] }] }) as unknown as Recommendation;
const old = advice("r1", [pick("a", "FOAM", 200), pick("b", "WATER_TENDER", 250)]);

describe("a report by digits", () => {
  it("takes the family with the first digit and the kind with the second", () => {
    const family = choose(EMPTY_DRAFT, "kind", 1);
    expect(family).toMatchObject({ family: "fire", kind: null });
    expect(choose(family, "kind", 4).kind).toBe("fire.tank");
  });
  it("stays as it is for a digit that means nothing", () => {
    expect(choose(EMPTY_DRAFT, "kind", 9)).toBe(EMPTY_DRAFT);
    expect(choose(EMPTY_DRAFT, "level", 7)).toBe(EMPTY_DRAFT);
  });
  it("starts again with the family once a kind is chosen", () => {
    const done = choose(choose(EMPTY_DRAFT, "kind", 1), "kind", 4);
    expect(choose(done, "kind", 2)).toMatchObject({ family: "hazmat", kind: null });
  });
  it("toggles hazards", () => {
    const tagged = choose(EMPTY_DRAFT, "hazards", 1);
    expect(tagged.hazards).toEqual(["petrochemical"]);
    expect(choose(tagged, "hazards", 1).hazards).toEqual([]);
  });
  it("is complete with place and kind, and takes premises and height from the place where unsaid", () => {
    const half = choose(choose(EMPTY_DRAFT, "kind", 1), "kind", 4);
    expect(lacking(half)).toEqual(["place"]);
    expect(reportForm(half)).toBeNull();
    expect(reportForm({ ...half, place })).toMatchObject({ kind: "fire.tank", occupancy: "chemical", building_height_m: 20 });
    expect(reportForm({ ...half, place })).not.toHaveProperty("caller");
  });
});

describe("facts of an open incident", () => {
  const incident = { kind: "fire.tank", address: "华泰路16号", alarm_level: 3, hazards: ["explosion"], occupancy: "chemical", building_height_m: 20, casualties: 0, trapped: 0 } as unknown as Incident;
  it("send only what differs, and nothing where nothing does", () => {
    expect(changedFacts(incident, draftOf(incident))).toBeNull();
    expect(changedFacts(incident, { ...draftOf(incident), trapped: "2" })).toEqual({ trapped: 2 });
  });
  it("never send a level, which needs a reason", () => {
    expect(changedFacts(incident, { ...draftOf(incident), level: 5 })).toBeNull();
  });
});

describe("the order", () => {
  it("is the recommendation with its id, lines and stock", () => {
    expect(orderForm(NO_EDIT, old, true)).toEqual({
      recommendation_id: "r1", kind: "full", reason: "",
      units: [{ unit_id: "a", line: "FOAM" }, { unit_id: "b", line: "WATER_TENDER" }],
      stock: [{ stockpile_id: "s1", item_code: "foam", quantity: 12, eta_s: 700 }],
    });
    expect(orderForm(NO_EDIT, old, false).stock).toEqual([]);
  });
  it("needs a reason as soon as it differs", () => {
    const edit = toggle(NO_EDIT, "a");
    expect(obstacle(edit, old, true)).toBe("reason");
    expect(obstacle({ ...edit, reason: "熟悉现场" }, old, true)).toBeNull();
    expect(obstacle(NO_EDIT, old, true)).toBeNull();
  });
  it("is not blocked by a missing recommendation when units are added by hand", () => {
    const edit = add(NO_EDIT, { unit_id: "x", line: "manual", eta_s: null }, undefined);
    expect(obstacle(edit, undefined, true)).toBeNull();
    expect(orderForm(edit, undefined, true)).toMatchObject({ recommendation_id: null, units: [{ unit_id: "x", line: "manual" }] });
  });
  it("of nobody is refused", () => {
    expect(obstacle(NO_EDIT, undefined, true)).toBe("empty");
  });
  it("takes a dropped pick back instead of adding it twice", () => {
    const back = add(toggle(NO_EDIT, "a"), { unit_id: "a", line: "manual", eta_s: null }, old);
    expect(orderedIds(back, old)).toEqual(["a", "b"]);
  });
});

describe("a unit taken by somebody else", () => {
  const fresh = advice("r2", [pick("c", "WATER_TENDER", 240), pick("d", "FOAM", 252), pick("b", "WATER_TENDER", 250)]);
  it("is replaced in its own line by the best unit that is new, with the reason", () => {
    const edit = replaced(NO_EDIT, "a", old, fresh, "a 已被调走");
    expect(orderedIds(edit, old)).toEqual(["b", "d"]);
    expect(edit.reason).toBe("a 已被调走");
    expect(obstacle(edit, old, true)).toBeNull();
  });
  it("leaves the others as they are displayed, and is only dropped where nobody can replace it", () => {
    expect(orderedIds(replaced(NO_EDIT, "a", old, null, "a"), old)).toEqual(["b"]);
  });
});
