// Three rules of the keys, and a strip that lists only what acts.
import { describe, expect, it } from "vitest";
import { keyStrip, meaning, type Pressed, type Situation } from "./keys";

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
  altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false,
  ...more,
});

describe("digits", () => {
  it("act in the group with the bright frame", () => {
    expect(meaning(press("4"), { inText: false, group: "kind" })).toEqual({ type: "digit", digit: 4 });
  });
  it("do nothing in a group without digits, and are text in a text field", () => {
    expect(meaning(press("4"), { inText: false, group: "units" })).toBeNull();
    expect(meaning(press("4"), { inText: true, group: "place" })).toBeNull();
  });
});

describe("letters", () => {
  it("jump and act outside text fields", () => {
    expect(meaning(press("h"), { inText: false, group: "none" })).toEqual({ type: "jump", group: "hazards" });
    expect(meaning(press("m"), { inText: false, group: "none" })).toEqual({ type: "merge" });
    expect(meaning(press("t"), { inText: false, group: "units" })).toEqual({ type: "try" });
    expect(meaning(press("y", { altKey: true }), { inText: true, group: "trial" })).toEqual({ type: "turn" });
    expect(meaning(press("b", { altKey: true }), { inText: true, group: "trial" })).toEqual({ type: "move_up" });
    expect(meaning(press("c"), { inText: false, group: "none" })).toEqual({ type: "recall" });
  });
  it("are text inside a text field, and act there with Alt", () => {
    expect(meaning(press("m"), { inText: true, group: "place" })).toBeNull();
    expect(meaning(press("m", { altKey: true }), { inText: true, group: "place" })).toEqual({ type: "merge" });
  });
  it("are the browser's with Ctrl", () => {
    expect(meaning(press("l", { ctrlKey: true }), { inText: false, group: "none" })).toBeNull();
  });
});

describe("F-keys", () => {
  it.each([true, false])("always act (in a text field: %s)", (inText) => {
    expect(meaning(press("F2"), { inText, group: "place" })).toEqual({ type: "early" });
    expect(meaning(press("F9"), { inText, group: "command" })).toEqual({ type: "confirm" });
    expect(meaning(press("F7"), { inText, group: "units" })).toEqual({ type: "plan", nth: 1 });
    expect(meaning(press("F9", { shiftKey: true }), { inText, group: "map" })).toEqual({ type: "units_only" });
  });
});

it("leaves every key alone while an input method is composing", () => {
  expect(meaning(press("F9", { isComposing: true }), { inText: true, group: "place" })).toBeNull();
  expect(meaning(press("m", { altKey: true, isComposing: true }), { inText: true, group: "place" })).toBeNull();
});

describe("key strip", () => {
  const calm: Situation = {
    inText: false, group: "none", hasIncident: true, canEarly: false, canConfirm: false, hasRepeat: false, editing: false,
    hasRows: false, canWhy: false, hasPlans: false, canChoose: false, hasChoices: false, canAskAid: false,
    canTry: false, canTurn: false, canMove: false, canRecall: false, asking: false,
  };
  const caps = (now: Partial<Situation>) => keyStrip({ ...calm, ...now }).map(({ cap }) => cap);

  it("shows a key only while it acts", () => {
    expect(caps({})).not.toContain("F9");
    expect(caps({ canConfirm: true })).toContain("F9");
    expect(caps({})).not.toContain("M");
    expect(caps({ hasRepeat: true })[0]).toBe("M");
  });
  it("shows the keys of plans and choices only while there are some", () => {
    expect(caps({}).filter((cap) => /F6|I X S|Z/.test(cap))).toEqual([]);
    expect(caps({ hasPlans: true, canChoose: true, hasChoices: true, inText: true })).toEqual(expect.arrayContaining(["F6 F7 F8", "Alt I X S", "Alt Z"]));
  });
  it("shows the keys of cover and turns only while they act", () => {
    expect(caps({}).filter((cap) => ["T", "Y", "B", "C"].includes(cap))).toEqual([]);
    expect(caps({ canTry: true, canTurn: true, canMove: true, canRecall: true })).toEqual(expect.arrayContaining(["T", "Y", "B", "C"]));
  });
  it("shows letters with Alt inside a text field", () => {
    expect(caps({ hasRepeat: true, inText: true })[0]).toBe("Alt M");
  });
  it("shows only two keys while a reason is asked for", () => {
    expect(caps({ asking: true, canConfirm: true })).toEqual(["Enter", "Esc"]);
  });
});
