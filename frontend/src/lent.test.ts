// Whose forces go by request, and how many there are beside those that are ours to order.
import { expect, it } from "vitest";
import type { Assignment, DispatchPolicy, Organisation, Unit } from "./contracts";
import { forcesOf, isLent, lentIds } from "./lent";

const of = (kind: string) => ({ kind }) as unknown as Organisation;
const policy = (...by_request: readonly string[]) => ({ by_request }) as unknown as DispatchPolicy;
const unit = (id: string, organisation_id: string, more: Partial<Unit> = {}) => ({ id, organisation_id, by_request: false, in_service: true, ...more }) as unknown as Unit;

it("knows who is asked: by the register, by the policy, and by its first version where none is known", () => {
  const thing = (by_request: boolean) => ({ by_request });
  expect([isLent(thing(true), of("brigade"), policy()), isLent(thing(false), of("xpcc"), undefined), isLent(thing(false), of("brigade"), undefined)]).toEqual([true, true, false]);
  expect([isLent(thing(false), of("xpcc"), policy()), isLent(thing(false), of("enterprise"), policy("enterprise"))]).toEqual([false, true]);
});

it("counts what can be ordered apart from what may be asked for, and what is out of neither", () => {
  const organisations = new Map([["o", of("brigade")], ["x", of("xpcc")]]);
  const units = [unit("a1", "o"), unit("a2", "o", { by_request: true }), unit("x1", "x"), unit("x2", "x", { in_service: false }), unit("x3", "x")];
  const lent = lentIds(units, organisations, undefined);
  expect([...lent]).toEqual(["a2", "x1", "x2", "x3"]);
  const out = new Map([["x3", { unit_id: "x3", status: "on_scene" } as unknown as Assignment]]);
  const { ours, askable } = forcesOf(units, lent, out);
  expect([ours.map(({ id }) => id), askable]).toEqual([["a1"], 2]);
});
