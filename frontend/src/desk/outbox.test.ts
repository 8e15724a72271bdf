// What was typed is sent until somebody has decided, always as the same act; what was typed meanwhile is told apart.
import { expect, it } from "vitest";
import { Refusal } from "../api";
import { changesBetween, EMPTY_DRAFT, settled, typed } from "./draft";
import { Outbox } from "./outbox";

const away = () => new Refusal(0, "unreachable", "");
const at_once = () => Promise.resolve();

it("sends again while nobody answers, and says how many wait", async () => {
  const told: number[] = [];
  const outbox = new Outbox((unsent) => told.push(unsent), at_once);
  let tries = 0;
  const sent = await outbox.insist(() => ((tries += 1) < 4 ? Promise.reject(tries === 2 ? new Refusal(503, "dispatch_away", "") : away()) : Promise.resolve("taken")));
  expect([sent, tries, told]).toEqual(["taken", 4, [1, 0]]);
});

it("stops at a refusal of who decided", async () => {
  const told: number[] = [];
  const outbox = new Outbox((unsent) => told.push(unsent), at_once);
  await expect(outbox.insist(() => Promise.reject(new Refusal(422, "outside_area", "")))).rejects.toMatchObject({ code: "outside_area" });
  let tries = 0;
  const late = outbox.insist(() => Promise.reject((tries += 1) < 3 ? away() : new Refusal(409, "incident_ended", "")));
  await expect(late).rejects.toMatchObject({ code: "incident_ended" });
  expect(told).toEqual([1, 0]);
});

it("knows what was typed while something was on its way", () => {
  const sent = { ...EMPTY_DRAFT, casualties: "1" };
  expect(changesBetween(sent, { ...sent, casualties: "12", text: "浓烟" })).toEqual({ casualties: "12", text: "浓烟" });
  const pending = typed(typed(new Map(), "a", { casualties: "1" }), "b", { trapped: "2" });
  const later = typed(pending, "a", { casualties: "12" });
  expect(settled(pending, "a", { casualties: "1" }).has("a")).toBe(false);
  expect(settled(later, "a", { casualties: "1" }).get("a")).toEqual({ casualties: "12" });
  expect(settled(later, "a", { casualties: "12" }).get("b")).toEqual({ trapped: "2" });
});
