// The hatch repeats without a seam, shows the ground between its stripes, and knows its names.
import { describe, expect, it } from "vitest";
import { hatch, type Tile } from "./hatch";

const alpha = ({ data, width }: Tile, x: number, y: number): number => data[(y * width + x) * 4 + 3] ?? -1;

describe.each([1, 1.5, 2])("the hatch at %s device pixels a px", (ratio) => {
  const tile = hatch("hatch-lost", ratio);
  if (!tile) throw new Error("no hatch");

  it("is a square of whole pixels", () => {
    expect(tile.width).toBe(Math.round(9 * ratio));
    expect(tile.data).toHaveLength(tile.width * tile.height * 4);
  });
  it("goes on from one tile to the next", () => {
    const last = tile.width - 1;
    for (let y = 1; y < tile.height; y += 1) expect(alpha(tile, last, y - 1)).toBe(alpha(tile, last - 1, y));
    for (let y = 0; y < last; y += 1) expect(alpha(tile, 0, y + 1), "right edge meets left edge").toBe(alpha(tile, last, (y + 2) % tile.height));
  });
  it("lets most of the ground through", () => {
    const drawn = Array.from({ length: tile.width * tile.height }, (_, i) => tile.data[i * 4 + 3] ?? 0).filter((a) => a > 0).length;
    expect(drawn / (tile.width * tile.height)).toBeGreaterThan(0.15);
    expect(drawn / (tile.width * tile.height)).toBeLessThan(0.6);
  });
});

it("is two looks, and nothing under another name", () => {
  expect(hatch("hatch-late", 1)?.data).not.toEqual(hatch("hatch-lost", 1)?.data);
  expect(hatch("sprite", 1)).toBeNull();
});
