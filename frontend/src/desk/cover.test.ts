// The figure is honest about its age, the hatch follows it, and proposals that no longer hold are not shown.
import { describe, expect, it } from "vitest";
import type { Assignment, Coverage, CoverageZones, Incident, MoveTrial, MoveUpOrder, MoveUps, Station, TurnProposal, Unit } from "../contracts";
import {
  activeMoves, beyond, coveringStations, firstEngine, freeUnits, gainTenths, matching, movesKey, openTurns, orderable, percentText, questionOf, realEffects, recallable, standing, turnsKey, unordered, withinLimit,
} from "./cover";
import { effectText } from "./TurnList";

const within = [{ limit_s: 300, share: 0.36, at_home: 0.4 }, { limit_s: 480, share: 0.75, at_home: 0.75 }, { limit_s: 600, share: 0.9, at_home: 0.9 }];
const coverage = {
  id: "city", version: 7, at: "2026-11-21T06:13:50Z", zones_version: "z1", within, states: "01234", states_at_home: "00124", stations: [], degraded: [],
} as unknown as Coverage;
const box = [0, 0, 1, 1] as const;
const zones = { zones_version: "z1", zones: ["a", "b", "c", "d", "e"].map((id) => ({ id, box, risk: 1 })) } as unknown as CoverageZones;
const moveUp = (unit_id: string, more: Partial<MoveUpOrder> = {}) =>
  ({ id: `m-${unit_id}`, unit_id, version: 1, status: "ordered", ordered_at: "2026-11-21T06:00:00Z", from_station_id: "s1", to_station_id: "s2", recalled_at: null, arrived_at: null, under_way_at: null, ...more }) as unknown as MoveUpOrder;
const linked = { freshness: "live", degraded: [], picture_at: 1000 };

describe("the hatch", () => {
  it("lies on the zones beyond 8 minutes, and tells those that were lost from those that never were within", () => {
    expect(beyond(coverage, zones)?.map(({ lost }) => lost)).toEqual([true, false, false]);
    expect(beyond({ ...coverage, states: "00011", states_at_home: "00011" }, zones)).toEqual([]);
  });
  it("is not drawn on zones of another version, nor while there is no figure", () => {
    expect(beyond(coverage, { ...zones, zones_version: "z2" })).toBeNull();
    expect(beyond({ ...coverage, states: "0123" }, zones)).toBeNull();
    expect(beyond({ ...coverage, within: [] }, zones)).toBeNull();
    expect(beyond(undefined, zones)).toBeNull();
    expect(beyond(coverage, null)).toBeNull();
  });
});

describe("the figure", () => {
  it("is the share within 8 minutes", () => {
    expect(withinLimit(coverage)?.share).toBe(0.75);
    expect(percentText(0.7549)).toBe("75.5");
    expect(percentText(1)).toBe("100.0");
  });
  it("holds while the link lives, is old when it is cut or dispatch is away, and is unknown before there is one", () => {
    expect(standing(coverage, linked)).toEqual({ state: "now", at: coverage.at, why: [] });
    expect(standing(coverage, { ...linked, freshness: "stale" })).toEqual({ state: "old", at: 1000, why: [] });
    expect(standing(coverage, { ...linked, degraded: ["dispatch_away"] })).toEqual({ state: "old", at: coverage.at, why: [] });
    expect(standing(undefined, linked)).toEqual({ state: "unknown", at: null, why: [] });
    expect(standing({ ...coverage, within: [], degraded: ["roads_away"] }, linked)).toEqual({ state: "unknown", at: null, why: ["roads_away"] });
  });
});

describe("move-ups", () => {
  it("are asked for with every figure that is below what it would be at home, and only then", () => {
    expect(movesKey(coverage, [])).toBe("city@7");
    expect(movesKey(coverage, [moveUp("w1")])).toBe("city@7 m-w1@1");
    expect(movesKey({ ...coverage, within: within.map((each) => ({ ...each, share: each.at_home })) }, [])).toBeNull();
    expect(movesKey({ ...coverage, within: [] }, [])).toBeNull();
    expect(movesKey(undefined, [])).toBeNull();
  });
  it("show a gain only where the shown figures differ", () => {
    const before = [{ limit_s: 300, share: 0.3601 }];
    expect(gainTenths(before, { limit_s: 300, share: 0.3604 })).toBe(0);
    expect(gainTenths(before, { limit_s: 300, share: 0.375 })).toBe(15);
    expect(gainTenths(before, { limit_s: 300, share: 0.35 })).toBe(-10);
    expect(gainTenths(before, { limit_s: 480, share: 0.9 })).toBe(0);
  });
});

const incident = (id: string, status = "dispatched", version = 1) => ({ id, status, version }) as unknown as Incident;
const held = (unit_id: string, incident_id: string, status = "enroute") => ({ id: `a-${unit_id}`, unit_id, incident_id, status }) as unknown as Assignment;

describe("turns", () => {
  const proposal = {
    turns: [{ unit_id: "w1", from_incident_id: "i1", to_incident_id: "i2", eta_s: 365, saves_unmet: 0, saves_s: 300 }],
    effects: [
      { incident_id: "i1", complete_s: 300, turned_complete_s: 300, unmet: 0, turned_unmet: 0 },
      { incident_id: "i2", complete_s: 725, turned_complete_s: 365, unmet: 2, turned_unmet: 1 },
    ],
  } as unknown as TurnProposal;
  const incidents = new Map([incident("i1"), incident("i2")].map((each) => [each.id, each]));

  it("are asked for when an incident is new or changed while somebody is under way", () => {
    const by = new Map([["i1", [held("w1", "i1")]]]);
    const key = turnsKey(incidents.values(), by);
    expect(key).toBe("i1@1* i2@1");
    expect(turnsKey([incident("i1"), incident("i2", "dispatched", 2)], by)).not.toBe(key);
    expect(turnsKey(incidents.values(), new Map([["i1", [held("w1", "i1", "acknowledged")]]])), "before it has left, too").toBe(key);
    expect(turnsKey([incident("i1"), incident("i2", "resolved")], by)).toBeNull();
    expect(turnsKey(incidents.values(), new Map([["i1", [held("w1", "i1", "on_scene")]]]))).toBeNull();
  });
  it("are offered only while the unit is still under way there and the other incident still needs it", () => {
    const open = openTurns(proposal, new Map([["w1", held("w1", "i1")]]), incidents);
    expect(open.map(questionOf)).toEqual([{ kind: "divert", assignment: held("w1", "i1"), into: "i2" }]);
    for (const status of ["dispatched", "acknowledged"]) expect(openTurns(proposal, new Map([["w1", held("w1", "i1", status)]]), incidents), status).toHaveLength(1);
    expect(openTurns(proposal, new Map([["w1", held("w1", "i2")]]), incidents)).toEqual([]);
    expect(openTurns(proposal, new Map([["w1", held("w1", "i1", "on_scene")]]), incidents)).toEqual([]);
    expect(openTurns(proposal, new Map([["w1", held("w1", "i1")]]), new Map([["i2", incident("i2", "controlled")]]))).toEqual([]);
    expect(openTurns(null, new Map(), incidents)).toEqual([]);
  });
  it("say what they save, and nothing of what stays as it is", () => {
    expect(realEffects(proposal).map(effectText)).toEqual(["缺 2→1 到齐 12:05→6:05"]);
  });
});

describe("a move that can be ordered", () => {
  const move = (unit_id: string) => ({ unit_id, from_station_id: "s1", to_station_id: "s2", seconds: 300, gain_pct: 2 });
  const followed = (...moves: readonly ReturnType<typeof move>[]) => ({ answer: { proposal: { moves } } as unknown as MoveUps, of: "city@7", refused: null });
  const trial = (breaks: readonly string[]) => ({ trial: { answer: { move: move("w9"), breaks } as unknown as MoveTrial, refused: null } });

  it("is the first proposed one that is not ordered yet", () => {
    expect(orderable({ trial: null }, { moves: followed(move("w1"), move("w2")), moved: [] })).toMatchObject({ unit_id: "w1", to_station_id: "s2", breaks: [] });
    expect(orderable({ trial: null }, { moves: followed(move("w1"), move("w2")), moved: [moveUp("w1")] })).toMatchObject({ unit_id: "w2" });
    expect(orderable({ trial: null }, { moves: followed(move("w1")), moved: [moveUp("w1")] })).toBeNull();
    expect(orderable({ trial: null }, { moves: null, moved: [] })).toBeNull();
    expect(unordered([move("w1"), move("w2")], [moveUp("w2")]).map(({ unit_id }) => unit_id)).toEqual(["w1"]);
  });
  it("is the one that is tried, with what it breaks, while one is tried", () => {
    expect(orderable(trial(["floor"]), { moves: followed(move("w1")), moved: [] })).toMatchObject({ unit_id: "w9", breaks: ["floor"] });
    expect(orderable(trial(["same_place"]), { moves: followed(move("w1")), moved: [] })).toBeNull();
    expect(orderable({ trial: { answer: null, refused: null } }, { moves: followed(move("w1")), moved: [] })).toBeNull();
  });
  it("stands on the list until it is over, and is called back once", () => {
    const orders = [moveUp("w2", { ordered_at: "2026-11-21T06:09:00Z" }), moveUp("w1", { status: "returning" }), moveUp("w3", { status: "ended" })];
    expect(activeMoves(orders).map(({ unit_id }) => unit_id)).toEqual(["w1", "w2"]);
    expect(recallable(activeMoves(orders))?.unit_id).toBe("w2");
    expect(recallable([])).toBeUndefined();
  });
});

describe("names to pick from", () => {
  const option = (name: string, also = "") => ({ id: name, name, hint: "", also });
  it("begin with the text first, then hold it, in Chinese or Latin", () => {
    const names = [option("供水22", "Supply 22"), option("水罐22", "Water 22"), option("米东站", "Midong fire station 7")];
    expect(matching(names, "水").map(({ name }) => name)).toEqual(["水罐22", "供水22"]);
    expect(matching(names, "mid").map(({ name }) => name)).toEqual(["米东站"]);
    expect(matching(names, " ")).toHaveLength(3);
    expect(matching(names, "x")).toEqual([]);
  });
  it("are units at hand, those of the proposal first", () => {
    const unit = (id: string, more = {}) => ({ id, name: id, in_service: true, capabilities: {}, ...more }) as unknown as Unit;
    const units = [unit("a"), unit("b"), unit("c"), unit("w", { capabilities: { WATER_STREAM: 1 } }), unit("off", { in_service: false }), unit("far", { by_request: true }), unit("heli", { by_air: true })];
    expect(freeUnits(units, new Map([["b", held("b", "i1")]]), ["c"], firstEngine([])).map(({ id }) => id)).toEqual(["c", "w", "a"]);
    const moved = new Map([["w", moveUp("w")]]);
    expect(freeUnits(units, new Map([["b", held("b", "i1")]]), ["c"], firstEngine([]), moved).map(({ id }) => id)).toEqual(["c", "a"]);
  });
  it("are stations with first engines, the empty ones first", () => {
    const stations = new Map([["s1", { id: "s1", number: 1 }], ["s2", { id: "s2", number: 2 }]] as unknown as [string, Station][]);
    const known = { ...coverage, stations: [{ station_id: "s1", free: 1, engines: 2 }, { station_id: "s2", free: 0, engines: 1 }, { station_id: "gone", free: 0, engines: 1 }] };
    expect(coveringStations(known, stations).map(({ station }) => station.id)).toEqual(["s2", "s1"]);
  });
});
