// Every word exists in both languages with the same holes, and every code of the contracts has one.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { hasWord, joined, refusalText, setLanguage, t, whoText, word } from "./words";
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
    ["AccidentGrade", "grade"], ["StationClass", "station"], ["MoveUpStatus", "move_up"],
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
  expect([t("desk.confirm", { units: 1, stations: 1 }), t("desk.confirm", { units: 11, stations: 2 })]).toEqual(["Send 1 unit · 1 station", "Send 11 units · 2 stations"]);
});

it("says a refusal by its code, with what the code needs, or in the server's own words", () => {
  const extra = { unit_id: "泡沫02", incident_number: "1121-0031", at: "14:13:58", by: "李敏" };
  expect(refusalText({ code: "unit_taken", detail: "", extra })).toBe("泡沫02 已派往 1121-0031（14:13:58 李敏） · 请换一车");
  const held = { unit_ids: ["u1", "u2"] };
  expect(refusalText({ code: "still_committed", detail: "", extra: held }, { units: "水罐01、水罐02" })).toBe("还有 2 车未撤：水罐01、水罐02 · 先撤回或等归队");
  expect(refusalText({ code: "brand_new", detail: "the server explains", extra: {} })).toBe("the server explains");
});

it("names who acted by role, by the account's title, or by its name, and joins names as the language does", () => {
  expect(whoText("account:demo-unit-w-31")).toBe("车载终端");
  expect([whoText("account:limin", "李敏"), whoText("account:limin")]).toEqual(["李敏", "limin"]);
  expect(joined(["a", "b"])).toBe("a、b");
  setLanguage("en");
  expect([joined(["a", "b"]), whoText("account:demo-dispatcher")]).toEqual(["a, b", "Dispatcher"]);
});

describe("every screen learns the rooms whose words it says", () => {
  const files = import.meta.glob<string>(["./*/*.ts", "./*/*.tsx", "!./**/*.test.*", "!./words/**"], { query: "?raw", import: "default", eager: true });
  const folders = new Set(Object.keys(files).filter((path) => path.endsWith("Screen.tsx")).map((path) => path.split("/")[1] ?? ""));
  const always = ["core", "vocabulary", "capability", "refusal"];

  /** Rooms that a text says words of, as `t("desk.x")`, `` `desk.${x}` `` or `word("why", code)`, and does not learn. */
  function unlearnt(source: string): readonly string[] {
    const learnt = [...source.matchAll(/\blearn\(([^)]*)\)/g)].map((m) => m[1]).join();
    const said = new Set([...source.matchAll(/["`](\w+)\.|\b\w*(?:ord|poken|aid)\w*\(\s*"(\w+)"/g)].map((m) => m[1] ?? m[2] ?? ""));
    return Object.entries(ALL_ROOMS)
      .filter(([name, room]) => !always.includes(name) && Object.keys(room.zh).some((key) => said.has(key.split(".")[0] ?? "")))
      .map(([name]) => name)
      .filter((name) => !learnt.includes(`${name}Words`) && !learnt.includes(`${name.replace(/s$/, "")}Words`));
  }

  it.each([...folders])("%s", (folder) => {
    const source = Object.entries(files).filter(([path]) => path.startsWith(`./${folder}/`)).map(([, text]) => text).join("\n");
    expect(unlearnt(source)).toEqual([]);
  });

  it("and one that forgets is caught", () => {
    expect(unlearnt('t("wall.now"); word("why", code); learn(whyWords)')).toEqual(["wall"]);
    expect(unlearnt("t(`wall.mark.${kind}`)")).toEqual(["wall"]);
  });
});

describe("no word is kept that no screen says", () => {
  const files = import.meta.glob<string>(["./**/*.ts", "./**/*.tsx", "!./**/*.test.*", "!./words/**", "!./contracts.ts"], { query: "?raw", import: "default", eager: true });
  const byCode = ["vocabulary", "capability", "refusal"];
  const keys = Object.entries(ALL_ROOMS).filter(([name]) => !byCode.includes(name)).flatMap(([, room]) => Object.keys(room.zh));

  /** Keys that a text says neither whole, nor as `word("why", code)`, nor as `` `desk.step.${to}` ``; of `` `desk.${name}` `` the name must stand somewhere. */
  function unsaid(text: string): readonly string[] {
    const found = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map((m) => m[1] ?? ""));
    const whole = found(/"([\w.]+)"/g);
    const spoken = found(/ord\(\s*"([\w.]+)"/g);
    const made = found(/`([\w.]+)\.\$\{/g);
    const inFamily = (parts: readonly string[], size: number): boolean => {
      const family = parts.slice(0, size).join(".");
      return spoken.has(family) || (made.has(family) && (size > 1 || whole.has(parts.slice(size).join("."))));
    };
    return keys.filter((key) => {
      const parts = key.split(".");
      return !whole.has(key) && !parts.slice(1).some((_, i) => inFamily(parts, i + 1));
    });
  }

  it("in any room", () => expect(unsaid(Object.values(files).join("\n"))).toEqual([]));

  it("and one that is kept for nobody is caught", () => {
    const left = unsaid('t("desk.title"); word("why", code); t(`desk.step.${to}`); t(`desk.${name}`); const NAME = "trapped"');
    expect(left).not.toEqual(expect.arrayContaining(["desk.title"]));
    expect(left.filter((key) => /^(why|desk\.(step|trapped))\b/.test(key))).toEqual([]);
    expect(left).toEqual(expect.arrayContaining(["desk.height_m", "wall.open"]));
  });
});
