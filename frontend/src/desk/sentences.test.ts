// Every reason code of the optimizer has its words, short enough for a column; log lines say what happened.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { Envelope, IncidentEntry } from "../contracts";
import { applyAll, EMPTY_PICTURE } from "../picture";
import { hasWord, setLanguage, word } from "../words";
import { entryText, lineText, oneMoreText, roadLimitedText, totalShortText, whyText } from "./sentences";

afterEach(() => setLanguage("zh"));

const envelope = (kind: string, id: string, value: object): Envelope =>
  ({ kind, id, version: 1, value: { id, ...value } }) as unknown as Envelope;
const picture = applyAll(EMPTY_PICTURE, [
  envelope("incident", "inc-1", { number: "1125-0031" }),
  envelope("unit", "u-1", { name: "水罐31", name_en: "Water 31" }),
]);

/** Codes of the closed list that the optimizer may answer with. */
function codesIn(source: string): readonly string[] {
  return [...source.matchAll(/^ {4}"([a-z_]+)": \(/gm)].map((match) => match[1] ?? "");
}
const codes = codesIn(readFileSync("../dispatch/optimizer/codes.py", "utf8"));

describe("reasons", () => {
  it("word every code, in at most 14 Hanzi before their figures", () => {
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => !hasWord("why", code))).toEqual([]);
    const long = codes.filter((code) => (word("why", code).match(/\p{Script=Han}/gu) ?? []).length > 14);
    expect(long).toEqual([]);
  });

  it("would miss a code that has no words", () => {
    expect(codesIn('    "brand_new_code": (),').filter((code) => !hasWord("why", code))).toEqual(["brand_new_code"]);
  });

  it("name incidents, units and lines instead of their ids, and write seconds as a duration", () => {
    expect(whyText(picture, { code: "slower", params: { line: "FOAM", than: "u-1", by_s: 250 } })).toBe("比 水罐31 慢 4:10");
    expect(whyText(picture, { code: "needed_by", params: { incident: "inc-1", line: "FOAM.2", would_wait_s: 412 } })).toBe("留给 1125-0031 免晚 6:52");
    setLanguage("en");
    expect(whyText(picture, { code: "committed_to", params: { incident: "inc-1", status: "enroute" } })).toBe("Sent to 1125-0031");
  });

  it("leave no hole where a parameter is missing", () => {
    expect(whyText(picture, { code: "out_of_service", params: {} })).not.toMatch(/[{}]/);
  });
});

it("names a line that was made twice by its key", () => {
  expect(lineText("FOAM.2")).toBe("泡沫");
});

it("says a unit's step in the log by name and state", () => {
  const entry = { code: "unit", params: { unit_id: "u-1", to: "enroute", device: "手机" } } as unknown as IncidentEntry;
  expect(entryText(picture, entry)).toBe("水罐31 途中 手机");
});

describe("what one more unit would buy", () => {
  const gain = { line: "FOAM", fewer_missing: 0, earlier_s: 130, others_s: 0, proved: true };

  it("is told in seconds and in units, and about where it is not proved", () => {
    expect(oneMoreText(gain)).toBe("再有 1 辆泡沫：提前 2:10 到齐");
    expect(oneMoreText({ ...gain, fewer_missing: 1, others_s: 60, proved: false })).toBe("再有 1 辆泡沫：少缺 1、提前 约2:10 到齐、别处共提前 约1:00");
    setLanguage("en");
    expect(oneMoreText(gain)).toBe("One more Foam: all there 2:10 earlier");
  });

  it("names the units that would close a total", () => {
    const short = { line: "WATER", attribute: "pump_lps", lacking: 120, unit_id: "u-1", adds: 50, units: 3 };
    expect(totalShortText(picture, short)).toBe("▲ 流量 L/s 缺 120 · 再有 3 辆同 水罐31（各 50）即补齐");
    expect(totalShortText(picture, { ...short, unit_id: null, adds: 0, units: 0 })).toBe("▲ 流量 L/s 缺 120");
  });
});

it("says how many units a sign keeps away, and how soon the nearest would be there without it", () => {
  const shut = { line: "FOAM", units: 2, unit_id: "u-1", would_s: 310, eta_s: null, limits: [{ code: "limit_height", params: { limit: 3.5, road: "" } }] };
  expect(roadLimitedText(picture, shut)).toBe("2 辆因限高 3.5 m到不了，最近 水罐31 本可 5:10");
  expect(roadLimitedText(picture, { ...shut, eta_s: 900, limits: [] })).toBe("2 辆因道路限行来不及，最近 水罐31 本可 5:10");
  setLanguage("en");
  expect(roadLimitedText(picture, shut)).toBe("2 kept away by height limit 3.5 m; nearest Water 31 would take 5:10");
});
