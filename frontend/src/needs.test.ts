// Needed = arrived + coming + missing, whoever chose the unit; stock counts what is settled and what is free.
import { describe, expect, it } from "vitest";
import type { Assignment, Incident, Requirement, Stock, SupplyOrder, Unit } from "./contracts";
import { lineStates, meets, needsByClass, stockStates } from "./needs";

const line = (key: string, over: Partial<Requirement>): Requirement => ({
  key, kind: "count", capabilities: [key], amount: 1, thresholds: [], attribute: null, item_code: null,
  quantity: 1, deadline_s: null, hard: true, weight: 100, first_due: false, source: "", substitute: null, ...over,
});
const incident = (requirements: readonly Requirement[]) => ({ id: "i1", requirements }) as unknown as Incident;
const unit = (id: string, capabilities: Record<string, number>, parameters: Record<string, number> = {}): [string, Unit] => [
  id,
  { id, capabilities, parameters } as unknown as Unit,
];
const sent = (unit_id: string, lineKey: string, status: string): Assignment =>
  ({ id: `a-${unit_id}`, incident_id: "i1", unit_id, line: lineKey, status }) as Assignment;

const foam = line("FOAM_B", { quantity: 3 });
const ladder = line("AERIAL", { capabilities: ["AERIAL_RESCUE"], thresholds: [{ parameter: "height_m", at_least: 50 }] });
const units = new Map([unit("f1", { FOAM_B: 1 }), unit("f2", { FOAM_B: 2 }), unit("l32", { AERIAL_RESCUE: 1 }, { height_m: 32 }), unit("l53", { AERIAL_RESCUE: 1 }, { height_m: 53 })]);

describe("lines", () => {
  it("add up", () => {
    const states = lineStates(incident([foam]), [sent("f1", "FOAM_B", "on_scene"), sent("f2", "FOAM_B", "enroute")], units);
    expect(states[0]).toMatchObject({ needed: 3, arrived: 1, coming: 1, missing: 1 });
  });

  it("take a unit chosen by hand where it fits, and not where a threshold fails", () => {
    const [, aerial] = lineStates(incident([foam, ladder]), [sent("l32", "manual", "enroute")], units);
    expect(aerial).toMatchObject({ coming: 0, missing: 1 });
    const [, met] = lineStates(incident([foam, ladder]), [sent("l53", "manual", "enroute")], units);
    expect(met).toMatchObject({ coming: 1, missing: 0 });
  });

  it("never count below nothing missing, nor units on their way home", () => {
    const many = ["f1", "f2", "f3", "f4"].map((id) => sent(id, "FOAM_B", "on_scene"));
    expect(lineStates(incident([foam]), many, units)[0]).toMatchObject({ arrived: 4, missing: 0 });
    expect(lineStates(incident([foam]), [sent("f1", "FOAM_B", "returning")], units)[0]).toMatchObject({ arrived: 0, missing: 3 });
  });

  it("count those who stand in together, and no part of one", () => {
    const tall = line("TALL", { substitute: { capabilities: ["AERIAL_RESCUE"], each: 2, amount: 1, thresholds: [], penalty_s: 300 } });
    const both = (second: string) => [sent("l32", "TALL.sub", "on_scene"), sent("l53", "TALL.sub", second)];
    expect(lineStates(incident([tall]), both("on_scene"), units)[0]).toMatchObject({ arrived: 1, coming: 0, missing: 0 });
    expect(lineStates(incident([tall]), both("enroute"), units)[0]).toMatchObject({ arrived: 0, coming: 1, missing: 0 });
    expect(lineStates(incident([tall]), both("enroute").slice(0, 1), units)[0]).toMatchObject({ arrived: 0, coming: 0, missing: 1 });
  });

  it("join by unit class", () => {
    const states = lineStates(incident([foam, line("FOAM_SUPPLY", {}), ladder]), [sent("f1", "FOAM_B", "on_scene")], units);
    expect(needsByClass(states)).toEqual([
      { unitClass: "foam", needed: 4, arrived: 1, coming: 0, missing: 3 },
      { unitClass: "ladder", needed: 1, arrived: 0, coming: 0, missing: 1 },
    ]);
  });

  it("meet by amount", () => {
    const [, f1] = unit("f1", { FOAM_B: 1 });
    expect(meets(f1, line("FOAM_B", { amount: 2 }))).toBe(false);
  });
});

it("stock: settled orders and free stock cover, unconfirmed ones do not", () => {
  const need = line("foam", { kind: "material", item_code: "2030301", quantity: 20 });
  const order = (status: string, quantity: number) =>
    ({ id: status, incident_id: "i1", status, lines: [{ item_code: "2030301", quantity }] }) as unknown as SupplyOrder;
  const stock = new Map([["d:2030301", { item_code: "2030301", available: 5 } as Stock]]);
  const [state] = stockStates(incident([need]), [order("committed", 8), order("unconfirmed", 4), order("canceled", 99)], stock, new Map());
  expect(state).toMatchObject({ needed: 20, ordered: 8, unconfirmed: 4, free: 5, missing: 7 });
});
