// Choices add up, never contradict one another, become exactly what is asked, and their price is told in words.
import { afterEach, describe, expect, it } from "vitest";
import type { Price, Recommendation } from "../contracts";
import { setLanguage } from "../words";
import { adviceForm, chosen, choicesOf, swapOf, without, type Choice, type Choices } from "./choices";
import type { Advice } from "./plan";
import { priceText } from "./price";

afterEach(() => setLanguage("zh"));

const pin = (unit_id: string): Choice => ({ kind: "pin", unit_id });
const forbid = (unit_id: string): Choice => ({ kind: "forbid", unit_id });
const swap = (unit_id: string, out: string): Choice => ({ kind: "swap", unit_id, out });
const after = (...made: readonly Choice[]): Choices => made.reduce<Choices>(chosen, []);

/** Units that a form sends and keeps at once. */
const torn = ({ pinned = [], forbidden = [] }: ReturnType<typeof adviceForm>) => pinned.filter((id) => forbidden.includes(id));

describe("choices", () => {
  it("add up to what must go and what must stay", () => {
    expect(adviceForm(after(pin("b"), forbid("x"), swap("a", "y")))).toEqual({ pinned: ["a", "b"], forbidden: ["x", "y"] });
  });
  it("are taken back by the same choice again", () => {
    expect(after(pin("a"), forbid("x"), pin("a"))).toEqual([forbid("x")]);
    expect(after(swap("a", "b"), swap("a", "b"))).toEqual([]);
  });
  it("never send and keep a unit at once: the later word about it holds", () => {
    const made = after(pin("a"), swap("b", "a"), forbid("b"), pin("c"), swap("c", "d"));
    expect(torn(adviceForm(made))).toEqual([]);
    expect(made).toEqual([forbid("b"), swap("c", "d")]);
    expect(torn(adviceForm([pin("a"), swap("b", "a")])), "choices that are only put one after the other").toEqual(["a"]);
  });
  it("forget a unit that cannot be had, and need no pin for one that is bound already", () => {
    expect(without(after(pin("a"), swap("b", "c")), "c")).toEqual([pin("a")]);
    expect(adviceForm(after(pin("a"), pin("b")), new Set(["a"]))).toEqual({ pinned: ["b"], forbidden: [] });
  });
  it("are those of the last answer at a desk that made none itself", () => {
    const advice = { pinned: ["a"], forbidden: ["x"] } as unknown as Recommendation;
    expect(adviceForm(choicesOf(advice))).toEqual({ pinned: ["a"], forbidden: ["x"] });
    expect(choicesOf(undefined)).toEqual([]);
  });
});

describe("a swap", () => {
  const advice = {
    picks: [{ unit_id: "w1", line: "WATER", eta_s: 300 }, { unit_id: "w2", line: "WATER", eta_s: 500 }, { unit_id: "f1", line: "FOAM", eta_s: 700 }],
    not_used: [
      { unit_id: "w0", line: "WATER", eta_s: 200, why: [{ code: "out_of_service", params: {} }] },
      { unit_id: "w3", line: "WATER", eta_s: 450, why: [{ code: "needed_by", params: {} }] },
    ],
  } as unknown as Advice;
  it("puts a unit in the place of the slowest of its line, of all where its line is not known", () => {
    expect(swapOf(advice, "w3")).toEqual(swap("w3", "w2"));
    expect(swapOf(advice, "stranger")).toEqual(swap("stranger", "f1"));
  });
  it("replaces one that goes by the nearest of its line that can go", () => {
    expect(swapOf(advice, "w1")).toEqual(swap("w3", "w1"));
    expect(swapOf(advice, "f1")).toBeNull();
  });
});

describe("the price", () => {
  const free: Price = { complete_s: 0, first_due_s: 0, mean_s: 0, units: 0, unmet: 0, others_s: 0, cover_pct: 0 };
  it("names only what changes, cover as what is lost", () => {
    expect(priceText({ ...free, complete_s: 74, cover_pct: 1.8 }, true)).toBe("到齐 +1:14 · 覆盖 −1.8 %");
    expect(priceText({ ...free, complete_s: -10, unmet: 1 }, true)).toBe("缺 +1 · 到齐 −0:10");
    setLanguage("en");
    expect(priceText({ ...free, complete_s: 74, cover_pct: 1.8 }, true)).toBe("all +1:14 · cover −1.8 %");
  });
  it("says that nothing changes, and never speaks for a cover that nobody counted", () => {
    expect(priceText(free, true)).toBe("不增代价");
    expect(priceText(free, false)).toBe("不增代价（覆盖未算）");
    expect(priceText({ ...free, cover_pct: 1.8 }, false)).not.toContain("1.8");
  });
});
