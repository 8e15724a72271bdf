// Every word exists in both languages with the same holes, and every code of the contracts has one.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { hasWord, refusalText, setLanguage, t, word } from "./words";
import { ALL_ROOMS } from "./words/all";

const holes = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

afterEach(() => setLanguage("zh"));

describe.each(Object.entries(ALL_ROOMS))("room %s", (_, room) => {
  it("has the same keys in both languages, none of them empty", () => {
    expect(Object.keys(room.en).sort()).toEqual(Object.keys(room.zh).sort());
    expect(Object.entries({ ...room.zh, ...room.en }).filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("has the same holes in both languages", () => {
    const torn = Object.keys(room.zh).filter((key) => holes(room.zh[key] ?? "").join() !== holes(room.en[key] ?? "").join());
    expect(torn).toEqual([]);
  });

  it("has no Hanzi in English", () => {
    expect(Object.entries(room.en).filter(([key, text]) => /\p{Script=Han}/u.test(text) && key !== "app.language")).toEqual([]);
  });
});

it("gives no key twice", () => {
  const keys = Object.values(ALL_ROOMS).flatMap((room) => Object.keys(room.zh));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

describe("closed word lists of the contracts", () => {
  const source = readFileSync("src/contracts.ts", "utf8");
  const members = (name: string) =>
    [...(new RegExp(`(?:type ${name} = |enum ${name} \\{)([^;}]*)`).exec(source)?.[1] ?? "").matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? "");
  it.each([
    ["IncidentKind", "kind"], ["HazardTag", "hazard"], ["Occupancy", "occupancy"], ["IncidentStatus", "incident"],
    ["AssignmentStatus", "assignment"], ["UnitClass", "class"], ["UnitClass", "glyph"], ["SupplyStatus", "supply"],
    ["AccidentGrade", "grade"], ["TravelMethod", "method"], ["StationClass", "station"],
  ])("%s is worded in full", (name, family) => {
    expect(members(name).length).toBeGreaterThan(0);
    expect(members(name).filter((code) => !hasWord(family, code))).toEqual([]);
  });
});

it("fills holes, leaves unknown codes as they are, and speaks the chosen language", () => {
  expect(t("wall.needed", { n: 25 })).toBe("需 25 车");
  expect(word("line", "NO_SUCH_LINE")).toBe("NO_SUCH_LINE");
  setLanguage("en");
  expect(t("wall.needed", { n: 25 })).toBe("of 25");
});

it("says a refusal by its code, with what the code needs, or in the server's own words", () => {
  const extra = { unit_id: "泡沫02", incident_number: "1121-0031", at: "14:13:58", by: "李敏" };
  expect(refusalText({ code: "unit_taken", detail: "", extra })).toBe("泡沫02 已派往 1121-0031（14:13:58 李敏）");
  expect(refusalText({ code: "brand_new", detail: "the server explains", extra: {} })).toBe("the server explains");
});

it("every screen learns the rooms whose words it says", () => {
  const files = import.meta.glob<string>(["./**/*.ts", "./**/*.tsx", "!./**/*.test.*", "!./words/**", "!./words.ts"], { query: "?raw", import: "default", eager: true });
  const screens = Object.keys(files).map((path) => path.split("/")[1] ?? "").filter((folder) => files[`./${folder}/${folder[0]?.toUpperCase() ?? ""}${folder.slice(1)}Screen.tsx`] !== undefined);
  for (const screen of new Set(screens)) {
    const sources = Object.entries(files).filter(([path]) => path.startsWith(`./${screen}/`)).map(([, text]) => text).join("\n");
    const learnt = /learn\(([^)]*)\)/.exec(sources)?.[1] ?? "";
    const said = new Set([...sources.matchAll(/\b(?:t|word|hasWord)\(\s*[`"](\w+)/g)].map((m) => m[1] ?? ""));
    for (const [name, room] of Object.entries(ALL_ROOMS)) {
      const brings = Object.keys(room.zh).some((key) => said.has(key.split(".")[0] ?? ""));
      if (brings && !["core", "vocabulary", "capability", "refusal"].includes(name)) expect(`${screen}: ${learnt}`).toContain(`${name.replace("acts", "act")}Words`);
    }
  }
});
