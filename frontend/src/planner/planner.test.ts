// The planners' screen without its screen: points that are read, questions, a siting followed through a bad net, reach in
// order, zones in classes, and an edit of the policy that loses nothing.
import { describe, expect, it } from "vitest";
import { Refusal } from "../api";
import type { Coverage, CoverageZone, DispatchPolicy, ReachForce, ReachNeed, ReachPlace, Siting, SpecialReach } from "../contracts";
import { bd09, gcj02 } from "./crs";
import { follow, type Edges, type Followed } from "./follow";
import { numberIn, wholeIn } from "./numbers";
import { changed, changesOf, draftOf, formOf, rebase, wrongIn } from "./policy";
import { merged, readPoints } from "./points";
import { EMPTY_DRAFT, isSame, nameOfCandidate, questionOf } from "./question";
import { bandOf, missingOf, packagesOf, rank, rowsOf } from "./reach";
import { may } from "./rights";
import { placeName, sideOf } from "./text";
import { setLanguage } from "../words";
import { boxAround, counts, coverAreas, fits, mostOf } from "./zones";

const MAP = [87.2, 43.5, 88.2, 44.2] as const;

describe("points that are pasted or opened", () => {
  it("come from lines with or without names, in either order, with any separator", () => {
    const { points, refused } = readPoints("87.61, 43.79, 人民广场\n43.80;87.60;北站\n87.5\t43.9\n87.55 43.85", MAP);
    expect(points).toEqual([
      { at: [87.61, 43.79], name: "人民广场" }, { at: [87.6, 43.8], name: "北站" }, { at: [87.5, 43.9], name: "" }, { at: [87.55, 43.85], name: "" },
    ]);
    expect(refused).toEqual([]);
  });
  it("follow a head wherever its columns stand, quoted cells and all", () => {
    expect(readPoints('\uFEFF名称,备注,纬度,经度\r\n"红庙, 东",x,43.79,87.61\r\n', MAP).points).toEqual([{ at: [87.61, 43.79], name: "红庙, 东" }]);
  });
  it("come from GeoJSON, single and many", () => {
    const given = { type: "FeatureCollection", features: [
      { type: "Feature", properties: { name: "A" }, geometry: { type: "Point", coordinates: [87.61, 43.79] } },
      { type: "Feature", properties: null, geometry: { type: "MultiPoint", coordinates: [[87.6, 43.8], [87.7, 43.8]] } },
      { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [[87.6, 43.8], [87.7, 43.8]] } },
    ] };
    const { points, refused } = readPoints(JSON.stringify(given), MAP);
    expect(points.map(({ at, name }) => [...at, name])).toEqual([[87.61, 43.79, "A"], [87.6, 43.8, ""], [87.7, 43.8, ""]]);
    expect(refused).toHaveLength(1);
  });
  it("keep what holds no place, or one off the map, as it was given", () => {
    const text = "87.61, 43.79\n待定\n116.40, 39.90\n,";
    expect(readPoints(text, MAP)).toEqual({ points: [{ at: [87.61, 43.79], name: "" }], refused: ["待定", "116.40, 39.90", ","] });
    expect(readPoints("{broken", MAP).refused).toEqual(["{broken"]);
    expect(readPoints("  ", MAP)).toEqual({ points: [], refused: [] });
  });
  it("are brought into WGS-84 from what other maps hand out", () => {
    const [lon, lat] = gcj02([116.404, 39.915]);
    expect([lon, lat].map((each) => each.toFixed(9))).toEqual(["116.410244499", "39.916404282"]);
    expect(bd09([116.404, 39.915]).map((each) => each.toFixed(9))).toEqual(["116.416627244", "39.922699552"]);
    expect(readPoints(gcj02([87.61, 43.79]).join(), MAP, "GCJ02").points[0]?.at).toEqual([87.61, 43.79]);
    expect(readPoints([...bd09([87.61, 43.79])].reverse().join(), MAP, "BD09").points[0]?.at).toEqual([87.61, 43.79]);
  });
  it("are not taken twice", () => {
    const known = readPoints("87.61,43.79,a", MAP).points;
    expect(merged(known, readPoints("87.61,43.79,b\n87.62,43.79\n87.62,43.79", MAP).points).map(({ name }) => name)).toEqual(["a", ""]);
  });
});

it("numbers are read as they are typed, within their bounds", () => {
  expect([numberIn(" 2.5 ", 0.5, 50), numberIn("２．５", 0.5, 50), numberIn("51", 0.5, 50), numberIn("1e3", 0, 9999), numberIn("", 0, 1)]).toEqual([2.5, 2.5, null, null, null]);
  expect([wholeIn("60", 0, 3600), wholeIn("60.5", 0, 3600)]).toEqual([60, null]);
});

describe("the question of a siting", () => {
  const point = { at: [87.61, 43.79], name: "北站" } as const;
  it("says what it lacks", () => {
    expect(questionOf(EMPTY_DRAFT)).toBe("points");
    expect(questionOf({ ...EMPTY_DRAFT, points: Array(501).fill(point) as (typeof point)[] })).toBe("too_many");
    expect(questionOf({ ...EMPTY_DRAFT, by: "grid", step_km: "0" })).toBe("step");
    expect(questionOf({ ...EMPTY_DRAFT, by: "grid", around: point.at, radius_km: "" })).toBe("radius");
  });
  it("is the form of points or of a grid, never of both, and names its candidates", () => {
    const asked = questionOf({ ...EMPTY_DRAFT, points: [point] });
    if (typeof asked === "string") throw new Error(asked);
    expect(asked.form).toEqual({ candidates: [[87.61, 43.79]], how_many: 3, units: 1, limit_s: 300, suburban: false });
    expect([nameOfCandidate("c000", asked), nameOfCandidate("c001", asked)]).toEqual(["北站", ""]);
    const grid = questionOf({ ...EMPTY_DRAFT, points: [point], by: "grid", around: point.at });
    expect(typeof grid === "string" ? grid : grid.form).toEqual({ grid_km: 2, around: { at: [87.61, 43.79], radius_km: 5 }, how_many: 3, units: 1, limit_s: 300, suburban: false });
    expect([isSame(asked, questionOf({ ...EMPTY_DRAFT, points: [{ ...point, name: "南站" }] })), isSame(asked, grid)]).toEqual([true, false]);
  });
});

const SITING: Siting = {
  id: "siting-1", asked_at: "2026-11-30T00:00:00Z", state: "growing", candidates: 3, grown: 0, zones_version: "z", map_version: "m",
  closures_version: "none", before: [], ranked: [], best: null, left_out: [], why: null, degraded: [],
};

/** Edges that answer from a list, each answer once. */
function scripted(answers: readonly (Partial<Siting> | Refusal)[]) {
  const left = [...answers];
  const asked: string[] = [];
  const answer = (what: string): Promise<Siting> => {
    asked.push(what);
    const next = left.shift();
    return next instanceof Refusal ? Promise.reject(next) : Promise.resolve({ ...SITING, ...next });
  };
  const edges: Edges = { ask: () => answer("ask"), look: (id) => answer(id), wait: () => Promise.resolve() };
  return { edges, asked };
}

async function told(answers: readonly (Partial<Siting> | Refusal)[]): Promise<{ asked: readonly string[]; last: Followed | undefined; codes: readonly string[] }> {
  const { edges, asked } = scripted(answers);
  const heard: Followed[] = [];
  await follow({}, edges, (now) => heard.push(now), () => false);
  return { asked, last: heard.at(-1), codes: heard.flatMap(({ trouble }) => (trouble ? [trouble.code] : [])) };
}

describe("a siting is followed to its end", () => {
  const away = new Refusal(0, "unreachable", "");
  it("through a net that is away for a moment, without being asked for again", async () => {
    const { asked, last, codes } = await told([away, { grown: 1 }, away, away, { grown: 2 }, { state: "done" }]);
    expect(asked).toEqual(["ask", "ask", "siting-1", "siting-1", "siting-1", "siting-1"]);
    expect([last?.siting?.state, last?.over, last?.trouble, codes.length]).toEqual(["done", true, null, 3]);
  });
  it("asked for again where the service has forgotten it, waited for where others are before it", async () => {
    const { asked, last, codes } = await told([new Refusal(429, "siting_busy", ""), {}, new Refusal(404, "siting_unknown", ""), { state: "done", id: "siting-2" }]);
    expect(asked).toEqual(["ask", "ask", "siting-1", "ask"]);
    expect([last?.siting?.id, codes]).toEqual(["siting-2", ["siting_busy", "siting_unknown"]]);
  });
  it("and ends at a refusal that does not pass", async () => {
    const { asked, last } = await told([new Refusal(422, "outside_area", "")]);
    expect([asked, last?.over, last?.trouble?.code]).toEqual([["ask"], true, "outside_area"]);
  });
});

const need = (line: string, quantity: number, out: number, hazards: ReachNeed["hazards"]): ReachNeed => ({ line, hazards, quantity, able: 4, within: [0, 0, 0], out_of_reach: out });
const force = (line: string, ...[first_s, second_s, full_s]: (number | null)[]): ReachForce =>
  ({ line, first_s: first_s ?? null, second_s: second_s ?? null, full_s: full_s ?? null, first_band: 0, full_band: 0, unit_ids: [] });
const place = (zone_id: string, risk: number, ...forces: ReachForce[]): ReachPlace => ({ zone_id, at: [87.6, 43.8], risk, key_units: 1, forces });
const REACH: SpecialReach = {
  at: "2026-11-30T00:00:00Z", zones_version: "z", map_version: "m", closures_version: "none", bands_s: [1800, 3600, 5400], chosen_by: "key_units", left_out: 0, units: 6,
  needs: [need("ROPE", 1, 1, ["highrise"]), need("FOAM_B", 3, 3, ["petrochemical"]), need("ROBOT", 1, 0, ["petrochemical"])],
  places: [
    place("near", 90, force("ROPE", 600, null, 600), force("FOAM_B", 600, 900, 6000), force("ROBOT", 900, null, 900)),
    place("far", 50, force("ROPE", null, null, null), force("FOAM_B", 2000, 2100, null), force("ROBOT", 3000, null, 3000)),
    place("middle", 70, force("ROPE", 1900, null, 1900), force("FOAM_B", 2000, 2100, 5500), force("ROBOT", 3600, null, 3600)),
  ],
  out_of_reach: [{ zone_id: "near", line: "FOAM_B" }, { zone_id: "far", line: "ROPE" }, { zone_id: "far", line: "FOAM_B" }, { zone_id: "middle", line: "FOAM_B" }],
};

describe("reach of special teams", () => {
  it("is asked by package, those with most out of reach first", () => {
    expect(packagesOf(REACH).map(({ hazard, lines, out }) => [hazard, lines.length, out])).toEqual([["petrochemical", 2, 3], ["highrise", 1, 1]]);
  });
  it("puts the worst place of a package first and says its band", () => {
    const lines = packagesOf(REACH)[0]?.lines ?? [];
    expect(rowsOf(REACH, lines, "full").map(({ place: { zone_id }, band, seconds }) => [zone_id, band, seconds])).toEqual([["far", 3, null], ["near", 3, 6000], ["middle", 3, 5500]]);
    expect(rowsOf(REACH, lines, "first").map(({ place: { zone_id }, band }) => [zone_id, band])).toEqual([["middle", 1], ["far", 1], ["near", 0]]);
    expect(rowsOf(REACH, lines, "second").map(({ band }) => band)).toEqual([1, 1, 0]); // a robot has no second
  });
  it("lists what is out of reach by how bad it is", () => {
    expect(missingOf(REACH).map((each) => [each.place.zone_id, each.need.line, rank(each)])).toEqual([["far", "ROPE", 2], ["far", "FOAM_B", 1], ["near", "FOAM_B", 0], ["middle", "FOAM_B", 0]]);
  });
  it("counts a band up to its end", () => {
    expect([bandOf(1800, REACH.bands_s), bandOf(1801, REACH.bands_s), bandOf(5401, REACH.bands_s), bandOf(null, REACH.bands_s)]).toEqual([0, 1, 3, 3]);
  });
});

describe("zones", () => {
  const zones: CoverageZone[] = ["a", "b", "c"].map((id, i) => ({ id, risk: 1, box: [87 + i, 43, 88 + i, 44] }));
  const coverage = { states: "042", states_at_home: "002" } as Coverage;
  const fills = (shown: "now" | "home" | "lost", id: string | null = null) =>
    coverAreas(zones, coverage, shown, id).features.map(({ properties }) => String(properties?.["fill"]));
  it("are drawn by class, now and with everybody at home, and where they differ", () => {
    expect(new Set(fills("now")).size).toBe(3);
    expect(new Set(fills("home")).size).toBe(2);
    expect(fills("lost").filter((fill) => fill === fills("now")[1])).toHaveLength(1);
    expect(coverAreas(zones, coverage, "now", "a").features.at(-1)?.properties?.["width"]).toBe(3);
  });
  it("are counted, found and held against the version of the figure", () => {
    expect(counts("0410")).toEqual([2, 1, 0, 0, 1]);
    expect(boxAround(zones, ["a", "b"])).toEqual({ west: 87, south: 43, east: 89, north: 44 });
    expect(boxAround(zones, ["x"])).toBeUndefined();
    const many = Array.from({ length: 101 }, (_, i): CoverageZone => ({ id: String(i), risk: 1, box: i === 100 ? [99, 40, 99, 40] : [i / 100, 43, i / 100, 43] }));
    expect([mostOf(many)?.east, mostOf(many)?.south, mostOf([])]).toEqual([0.96, 43, undefined]);
    const all = { zones_version: "1", map_version: "m", zones, left_out: 0, degraded: [] };
    expect([fits(all, "1"), fits(all, "2"), fits(null, "1")]).toEqual([true, false, false]);
  });
});

const POLICY: DispatchPolicy = {
  id: "dispatch", version: 4, area_price_s: 60, first_aid_limit: 3, reason: "begin",
  styles: [{ name: "fastest", tolerance_s: 0, first_tolerance_s: 0, cover_price: 10, unit_price: 1, station_price: 0 }, { name: "calm", tolerance_s: 180, first_tolerance_s: 60, cover_price: 10, unit_price: 2000, station_price: 10000 }],
  reserves: [{ station_id: null, capability: "ROPE", at_least: 1, price: 100000 }], specials: [], rest: null, by_request: [],
};
/** What a newer service added: on the policy and on one of its rules. */
const NEWER = { ...POLICY, rest: { after_h: 8 }, by_request: [], styles: POLICY.styles.map((style) => ({ ...style, colour: "blue" })) } as unknown as DispatchPolicy;

describe("an edit of the policy", () => {
  it("sends back unchanged what it was not asked to change, known to this screen or not", () => {
    const { id, ...whole } = NEWER;
    expect(id).toBe("dispatch");
    expect(formOf(NEWER, draftOf(NEWER), " why ")).toEqual({ ...whole, reason: "why" });
    expect(changed(NEWER, draftOf(NEWER))).toEqual([]);
  });
  it("names each number that would change, and what cannot be sent", () => {
    const draft = draftOf(POLICY);
    const styles = draft.styles.map((style, i) => (i === 0 ? { ...style, cover_price: "100" } : { ...style, unit_price: "x" }));
    const edit = { ...draft, styles, area_price_s: "90", specials: [{ station_ids: [], kinds: [], hazards: [], spare_s: "600" }] };
    expect(changesOf(POLICY, edit).map(({ part, style, field, from, to }) => [part, style, field, from, to])).toEqual([
      ["styles", "fastest", "cover_price", "10", "100"], ["styles", "calm", "unit_price", "2000", "x"], ["area_price_s", "", "", "60", "90"], ["specials", "", "", "0", "1"],
    ]);
    expect(wrongIn(edit, "")).toEqual(["styles.1.unit_price", "specials.0.station_ids", "reason"]);
    expect(wrongIn(draft, "because")).toEqual([]);
    expect(changesOf(POLICY, { ...draft, styles: [...draft.styles].reverse() })).toEqual([{ part: "styles", style: "", field: "", from: "fastest,calm", to: "calm,fastest" }]);
  });
  it("comes to lie on top of what somebody else put in force, keeps what was typed and says where both changed the same", () => {
    const mine = { ...draftOf(POLICY), area_price_s: "90", first_aid_limit: "5" };
    const theirs = { ...NEWER, version: 5, area_price_s: 30, reserves: [] } as DispatchPolicy;
    const { draft, clashes } = rebase(POLICY, mine, theirs);
    expect([draft.area_price_s, draft.first_aid_limit, draft.reserves, clashes]).toEqual(["90", "5", [], ["area_price_s"]]);
    expect(formOf(theirs, draft, "x")).toMatchObject({ version: 5, area_price_s: 90, first_aid_limit: 5, reserves: [], rest: { after_h: 8 } });
    expect(rebase(POLICY, { ...draftOf(POLICY), area_price_s: "30" }, theirs).clashes).toEqual([]);
  });
});

it("rights are those of a role", () => {
  expect([may("policy.keep", ["commander"]), may("policy.keep", ["dispatcher"]), may("siting.ask", ["dispatcher"]), may("siting.ask", ["wall"])]).toEqual([true, false, true, false]);
});

it("a place is named after the nearest named one of the map, with its side and distance", () => {
  const point = (name: string, kind: string, at: number[], name_en?: string) => ({ type: "Feature", properties: { name, kind, name_en }, geometry: { type: "Point", coordinates: at } });
  const map = { layers: { places: { features: [point("天山区", "district", [87.6, 43.8]), point("红山", "place", [87.6, 43.79], "Hongshan"), point("北站", "place", [87.7, 43.9])] } } } as unknown as Parameters<typeof placeName>[1];
  expect([placeName([87.6, 43.8], map), placeName([87.64, 43.82], map), placeName([87.6, 43.8], null)]).toEqual(["红山", "红山东北 4.6 km", "87.60000, 43.80000"]);
  expect([[0, 1], [1, 1], [1, 0], [0, -1], [-1, -1], [-1, 0]].map(([x, y]) => sideOf([0, 0], [x ?? 0, y ?? 0]))).toEqual([0, 1, 2, 4, 5, 6]);
  setLanguage("en");
  expect([placeName([87.64, 43.82], map), placeName([87.7, 43.9], map)], "in Chinese where the map knows nothing else").toEqual(["4.6 km NE of Hongshan", "北站"]);
  setLanguage("zh");
});
