// Scales never share a component, digits are large, slots add up, and the stale band says the truth.
import { cleanup, render, screen } from "@testing-library/react";
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { setLanguage } from "../words";
import { AccidentGrade } from "./AccidentGrade";
import { AlarmSquare } from "./AlarmSquare";
import { barTone } from "./Bar";
import { SHAPES, TREATMENTS } from "./glyph";
import { slotStates } from "./Slots";
import { staleText } from "./StaleBand";
import { runs, T } from "./T";
import { UnitGlyph } from "./UnitGlyph";

afterEach(() => {
  cleanup();
  setLanguage("zh");
});

/** The four scales of the field, each with its contract type. */
const SCALES = ["AlarmLevel", "ResponseLevel", "WarningColour", "AccidentGrade"];

/** Names of the scale types that a source file imports from the contracts. */
function scalesIn(source: string): readonly string[] {
  const imports = [...source.matchAll(/import type \{([^}]*)\} from "[./]*contracts"/g)].map((m) => m[1] ?? "").join();
  return SCALES.filter((scale) => new RegExp(`\\b${scale}\\b`).test(imports));
}

describe("four scales, four components", () => {
  const parts = readdirSync("src/parts").filter((file) => file.endsWith(".tsx") && !file.includes(".test."));
  const sources = parts.map((file) => ({ file, scales: scalesIn(readFileSync(`src/parts/${file}`, "utf8")) }));

  it("no part draws two scales", () => {
    expect(sources.filter(({ scales }) => scales.length > 1)).toEqual([]);
  });

  it("no scale is drawn by two parts", () => {
    for (const scale of SCALES) {
      expect(sources.filter(({ scales }) => scales.includes(scale)).length).toBeLessThanOrEqual(1);
    }
  });

  it("would catch a chip that takes either", () => {
    expect(scalesIn('import type { AlarmLevel, ResponseLevel } from "../contracts";')).toHaveLength(2);
  });

  it("the alarm level is a digit in a square, named as such; the grade is words", () => {
    render(<><AlarmSquare level={4} /><AccidentGrade grade="considerable" /></>);
    expect(screen.getByRole("img", { name: "火警等级 4 级" }).textContent).toBe("4");
    expect(screen.getByText("较大事故")).toBeTruthy();
  });
});

describe("T", () => {
  it("sets every run of digits and Latin apart", () => {
    expect(runs("泡沫11 还有 2:09 到")).toEqual(["泡沫", "11", " 还有 ", "2:09", " 到"]);
    const { container } = render(<T>响应 P90 今日</T>);
    expect([...container.querySelectorAll(".latin")].map((e) => e.textContent)).toEqual(["P90"]);
  });

  it("leaves English as it is", () => {
    setLanguage("en");
    const { container } = render(<T>9 en route</T>);
    expect(container.querySelector(".latin")).toBeNull();
  });
});

describe("a unit's symbol", () => {
  it("says class and status in words and shows one sign of the language", () => {
    render(<UnitGlyph unitClass="foam" family="fire" status="enroute" />);
    expect(screen.getByRole("img", { name: "泡沫车 途中" }).textContent).toBe("泡");
    cleanup();
    setLanguage("en");
    render(<UnitGlyph unitClass="foam" family="fire" status="enroute" />);
    expect(screen.getByRole("img").textContent).toBe("F");
  });

  it("has a shape for each family and does not tell ready, on scene and out of service by colour alone", () => {
    expect(new Set(Object.values(SHAPES)).size).toBe(5);
    expect(new Set((["available", "enroute", "on_scene", "out_of_service"] as const).map((status) => JSON.stringify(TREATMENTS[status]))).size).toBe(4);
  });
});

it("slots add up to the need and keep their order when cut", () => {
  const counts = { arrived: 3, coming: 2, missing: 1 };
  expect(slotStates(counts)).toEqual(["arrived", "arrived", "arrived", "coming", "coming", "missing"]);
  expect(slotStates(counts, 4)).toHaveLength(4);
});

it("a bar is late past its target even when it is met, and warns before", () => {
  expect(barTone(262, 300, true)).toBe("good");
  expect(barTone(310, 300, true)).toBe("late");
  expect(barTone(200, 300, false)).toBe("warn");
  expect(barTone(100, 300, false)).toBe("running");
});

it("the band appears only when stale, and names the moment that is shown", () => {
  const health = { freshness: "stale", beat_age_s: 9.4, picture_at: Date.parse("2025-11-21T06:31:58Z"), refused: null };
  expect(staleText(health)).toBe("数据中断 9 秒 · 显示 14:31:58 快照");
  expect(staleText({ ...health, freshness: "lagging" })).toBeNull();
  expect(staleText({ ...health, beat_age_s: 190 })).toContain("3 分 10 秒");
});
