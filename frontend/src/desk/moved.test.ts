// A unit that is moved up stands in one place: on the board, on the map, and for its crew.
import { expect, it } from "vitest";
import type { MoveUpOrder, Position, Station, Unit } from "../contracts";
import { calledBack, NEXT_MOVE, rings, stationMoves } from "../crew/moves";
import { moveUpByUnit, stationOfMoveUp } from "../picture";
import { boardRows } from "./board";
import { movedPlace, movedWay } from "./movedWays";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 6, minute)).toISOString();
const order = (more: Partial<MoveUpOrder> = {}): MoveUpOrder =>
  ({
    id: "m1", unit_id: "b1", version: 1, status: "ordered", from_station_id: "b", to_station_id: "a", ordered_at: at(0), recall_reason: "", end: null,
    under_way_at: null, arrived_at: null, recalled_at: null, ...more,
  }) as unknown as MoveUpOrder;
const waiting = order();
const driving = order({ status: "under_way", under_way_at: at(1) });
const standing = order({ status: "arrived", under_way_at: at(1), arrived_at: at(8) });
const returning = order({ status: "returning", under_way_at: at(1), arrived_at: at(8), recalled_at: at(20) });
const stations = new Map(["a", "b"].map((id, i) => [id, { id, name: id, at: [87 + i, 43], station_class: "first", number: i + 1 } as unknown as Station]));
const fix = (minute: number) => ({ unit_id: "b1", at: [87.5, 43], fixed_at: at(minute) }) as unknown as Position;

it("stands at home until it leaves, on the road nowhere, and at the other station once it is there", () => {
  expect([waiting, driving, standing, returning].map(stationOfMoveUp)).toEqual(["b", null, "a", null]);
  expect(moveUpByUnit(new Map([["m1", order({ status: "ended" })]])).size).toBe(0);
});

it("is one row of the board, with who can leave from there", () => {
  const units = ["b1", "b2"].map((id, bay) => ({ id, station_id: "b", in_service: true, bay }) as unknown as Unit);
  const rows = (moved: MoveUpOrder | null) =>
    Object.fromEntries(boardRows(stations, units, new Map(), undefined, undefined, new Map(moved ? [["b1", moved]] : [])).map((row) => [row.station.id, [row.units.map(({ id }) => id).join(), row.left]]));
  expect(rows(null)).toEqual({ b: ["b1,b2", 2] });
  expect(rows(driving)).toEqual({ b: ["b1,b2", 1] });
  expect(rows(standing)).toEqual({ a: ["b1", 1], b: ["b2", 1] });
});

it("is drawn where it is, with a line to where it is bound", () => {
  const [a, b] = [[87, 43], [88, 43]];
  expect([waiting, driving, standing, returning].map((each) => movedPlace(each, undefined, stations))).toEqual([b, b, a, a]);
  expect(movedPlace(driving, fix(3), stations)).toEqual([87.5, 43]);
  expect(movedPlace(driving, fix(0), stations)).toEqual(b);
  expect(movedWay(driving, fix(3), stations)).toEqual([[87.5, 43], a]);
  expect(movedWay(standing, fix(3), stations)).toBeNull();
  expect(movedWay(returning, fix(21), stations)).toEqual([[87.5, 43], b]);
  expect(movedWay(driving, undefined, new Map())).toBeNull();
});

it("gives its crew one step at a time, and both stations the word; only its own rings", () => {
  expect(["ordered", "under_way", "arrived", "returning", "ended"].map((state) => NEXT_MOVE[state as MoveUpOrder["status"]]?.to)).toEqual(["under_way", "arrived", undefined, "ended", undefined]);
  expect(["a", "b", "c"].map((id) => stationMoves([waiting, order({ id: "m2", status: "ended" })], id).length)).toEqual([1, 1, 0]);
  expect([rings(waiting, "b"), rings(waiting, "a"), rings(driving, "b")]).toEqual([true, false, false]);
});

it("tells the crew once that it was called back, for a quarter of an hour", () => {
  const now = Date.parse(at(21));
  expect(calledBack([returning], "b1", now, new Set())?.id).toBe("m1");
  expect(calledBack([returning], "b1", now, new Set(["m1"]))).toBeUndefined();
  expect(calledBack([returning], "b1", Date.parse(at(40)), new Set())).toBeUndefined();
  expect(calledBack([standing, order({ id: "m2", status: "ended", end: "dispatched", recalled_at: at(20) })], "b1", now, new Set())).toBeUndefined();
});
