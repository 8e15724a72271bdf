// The command line knows what it would do, or says what it lacks.
import { describe, expect, it } from "vitest";
import type { Assignment, Closure, Incident, Unit } from "../contracts";
import { parse, type Names } from "./line";

const unit = (id: string, name: string) => ({ id, name, name_en: id }) as unknown as Unit;
const incident = (id: string, number: string, status = "on_scene") => ({ id, number, status }) as unknown as Incident;
const here = incident("i31", "1121-0031");
const names: Names = {
  units: [unit("u1", "泡沫21"), unit("u2", "泡沫22"), unit("u3", "水罐05")],
  incidents: [here, incident("i7", "1121-0007")],
  closures: [{ id: "c1", name: "苏州东街", lifted: false } as unknown as Closure, { id: "c2", name: "旧街", lifted: true } as unknown as Closure],
  assignmentOf: (id) => (id === "u3" ? ({ id: "a3", unit_id: "u3", incident_id: "i31" } as unknown as Assignment) : undefined),
  selected: here,
};

describe("commands", () => {
  it("send one unit, to the selected incident or to one by the end of its number", () => {
    expect(parse("派 泡沫21", names)).toMatchObject({ ok: true, command: { type: "send", unit: { id: "u1" }, incident: { id: "i31" } } });
    expect(parse("派 水罐 7", names)).toMatchObject({ ok: true, command: { unit: { id: "u3" }, incident: { id: "i7" } } });
  });
  it("change the level with its reason", () => {
    expect(parse("升 4 火势 扩大", names)).toMatchObject({ ok: true, command: { type: "level", level: 4, reason: "火势 扩大" } });
  });
  it("close roads around a place, with a radius where it is said", () => {
    expect(parse("封 苏州东街 120", names)).toMatchObject({ command: { type: "close_roads", place: "苏州东街", radius_m: 120 } });
    expect(parse("封 苏州东街", names)).toMatchObject({ command: { radius_m: 80 } });
    expect(parse("解 苏州", names)).toMatchObject({ command: { type: "open_roads", closure: { id: "c1" } } });
  });
  it("release and divert only who is bound", () => {
    expect(parse("退 水罐05 力量已够", names)).toMatchObject({ command: { type: "release", reason: "力量已够" } });
    expect(parse("转 水罐05 7", names)).toMatchObject({ command: { type: "divert", incident: { id: "i7" } } });
  });
  it("pin and forbid one unit", () => {
    expect(parse("定 泡沫21", names)).toMatchObject({ ok: true, command: { type: "pin", unit: { id: "u1" } } });
    expect(parse("禁 水罐05", names)).toMatchObject({ ok: true, command: { type: "forbid", unit: { id: "u3" } } });
    expect(parse("定 泡沫", names)).toEqual({ ok: false, lacks: "unit" });
  });
  it("take only legal steps", () => {
    expect(parse("控制", names)).toMatchObject({ ok: true, command: { to: "controlled" } });
    expect(parse("归档", names)).toEqual({ ok: false, lacks: "step" });
  });
});

it.each([
  ["飞", "verb"], ["派 泡沫", "unit"], ["派 泡沫21 99", "incident"], ["升 9", "level"], ["封", "place"], ["解 旧街", "closure"],
  ["退 泡沫21", "assignment"], ["转 水罐05 31", "incident"], ["记", "text"],
])("%s lacks its %s", (line, lacks) => {
  expect(parse(line, names)).toEqual({ ok: false, lacks });
});
