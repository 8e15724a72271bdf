// Colours and type of every screen as tokens, and how a screen puts them on.
import type { AlarmLevel } from "./contracts";
import type { UnitStatus } from "./picture";

/** 火警等级 1–5. Found by search: the smallest pairwise difference is >= 20 in four kinds of vision. */
export const ALARM: Readonly<Record<AlarmLevel, string>> = {
  1: "#3fa968",
  2: "#3f70fb",
  3: "#f9eb68",
  4: "#fc8908",
  5: "#ea2d34",
};
export const ALARM_DIGIT = "#0b0f14";

/** Status colours on dark; every status also differs by shape. */
export const STATUS: Readonly<Record<UnitStatus, string>> = {
  available: "#42d889",
  alerted: "#f7e479",
  enroute: "#9acbf3",
  staged: "#d04fdc",
  on_scene: "#d04fdc",
  returning: "#e2e6ea",
  out_of_service: "#828891",
};

/** Status colours on light surfaces, where a mark needs 3:1 against white. */
export const STATUS_LIGHT: Readonly<Record<UnitStatus, string>> = {
  available: "#00704f",
  alerted: "#ffd600",
  enroute: "#0b5cad",
  staged: "#9c1c6b",
  on_scene: "#9c1c6b",
  returning: "#33404c",
  out_of_service: "#6a737b",
};

const DARK = {
  bg: "#0b1016",
  p1: "#0e151d",
  p2: "#131c26",
  p3: "#1b2733",
  line: "#22303d",
  control: "#5b6f83",
  t1: "#f2f6fa",
  t2: "#c3d0dc",
  t3: "#93a5b6",
  bad: "#ff8d9a",
  good: "#42d889",
  amber: "#f7c95c",
  blue: "#9acbf3",
  missing: "#ff8d9a",
  focus: "#f2f6fa",
};

const LIGHT: Readonly<Record<keyof typeof DARK, string>> = {
  bg: "#f4f5f2",
  p1: "#ffffff",
  p2: "#ffffff",
  p3: "#e9ece8",
  line: "#dde1dd",
  control: "#7b858d",
  t1: "#10161c",
  t2: "#33404c",
  t3: "#55636f",
  bad: "#9c0f14",
  good: "#004f3a",
  amber: "#6b4700",
  blue: "#07427d",
  missing: "#9c0f14",
  focus: "#0b5cad",
};

export const THEMES = { dark: DARK, light: LIGHT };
export type ThemeName = keyof typeof THEMES;

/** Puts a theme's tokens on the document as CSS variables: `--t1`, `--alarm-4`, `--status-on_scene`. */
export function applyTheme(name: ThemeName, root: HTMLElement = document.documentElement): void {
  const status = name === "dark" ? STATUS : STATUS_LIGHT;
  for (const [token, colour] of Object.entries(THEMES[name])) root.style.setProperty(`--${token}`, colour);
  for (const [level, colour] of Object.entries(ALARM)) root.style.setProperty(`--alarm-${level}`, colour);
  for (const [word, colour] of Object.entries(status)) root.style.setProperty(`--status-${word}`, colour);
  root.style.setProperty("--alarm-digit", ALARM_DIGIT);
  root.style.setProperty("color-scheme", name);
  root.dataset["theme"] = name;
}

/** Classes from best to worst as areas of a light map: within the first, second, third limit, later, not at all. */
export const CLASSES = ["#9ad9cf", "#f6e27a", "#e8903a", "#c2404c", "#561434"] as const;
