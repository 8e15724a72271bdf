// The hatch over zones that are out of reach: one tile of slanting stripes as pixels, which repeats without a seam. Pure.

export interface Tile {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  readonly data: Uint8ClampedArray;
}

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** Bright for a zone that lost its cover, quiet for one that no engine reaches even from home. */
const HATCHES: Readonly<Record<string, Colour>> = {
  "hatch-lost": [247, 201, 92, 215],
  "hatch-late": [147, 165, 182, 84],
};
/** Px from stripe to stripe along an edge of the tile, and half a stripe across it. */
const PERIOD = 9;
const HALF_STRIPE = 0.75;

/** The tile of a hatch by its name, `ratio` device pixels to a px; null for a name that is no hatch. */
export function hatch(name: string, ratio: number): Tile | null {
  const colour = HATCHES[name];
  if (!colour) return null;
  const size = Math.round(PERIOD * ratio);
  const data = new Uint8ClampedArray(size * size * 4);
  for (let i = 0; i < size * size; i += 1) {
    const along = ((i % size) + Math.floor(i / size)) % size;
    const across = Math.abs(along - size / 2) / Math.SQRT2;
    const cover = Math.max(0, Math.min(1, HALF_STRIPE * ratio + 0.5 - across));
    data.set([colour[0], colour[1], colour[2], Math.round(colour[3] * cover)], i * 4);
  }
  return { width: size, height: size, data };
}
