// Where callouts and tags stand on the map so that they hide neither each other nor what they speak of. Pure.

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const overlap = (a: Rect, b: Rect): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/** Free places around a point, in order of taste: above, below, right, left, and the same shifted aside. */
function around([x, y]: readonly [number, number], width: number, height: number, gap: number): Rect[] {
  const at = (left: number, top: number): Rect => ({ x: left, y: top, width, height });
  const above = y - gap - height;
  const below = y + gap;
  const middle = y - height / 2;
  return [
    at(x - width / 2, above), at(x - width / 2, below), at(x - width * 0.85, above), at(x - width * 0.15, above),
    at(x + gap, middle), at(x - gap - width, middle), at(x - width * 0.85, below), at(x - width * 0.15, below),
  ];
}

function clamped(rect: Rect, within: Rect): Rect {
  return {
    ...rect,
    x: Math.max(within.x, Math.min(within.x + within.width - rect.width, rect.x)),
    y: Math.max(within.y, Math.min(within.y + within.height - rect.height, rect.y)),
  };
}

/** The place that covers least of what is taken; earlier ones win a tie. */
export function placed(point: readonly [number, number], size: { width: number; height: number }, gap: number, within: Rect, taken: readonly Rect[]): Rect {
  const options = around(point, size.width, size.height, gap).map((rect) => clamped(rect, within));
  const cost = (rect: Rect) => taken.reduce((sum, other) => sum + overlap(rect, other), 0);
  return options.reduce((best, rect) => (cost(rect) < cost(best) - 1 ? rect : best));
}

/** Whether a rectangle touches nothing that is taken. */
export const isFree = (rect: Rect, taken: readonly Rect[]): boolean => taken.every((other) => overlap(rect, other) === 0);

export type Corner = "bottom-right" | "bottom-left" | "top-right" | "top-left";
const CORNERS: readonly Corner[] = ["bottom-right", "bottom-left", "top-right", "top-left"];

/** The rectangle of a size in a corner of a frame. */
export function inCorner(corner: Corner, size: { width: number; height: number }, frame: { width: number; height: number }, margin: number): Rect {
  return {
    ...size,
    x: corner.endsWith("right") ? frame.width - size.width - margin : margin,
    y: corner.startsWith("bottom") ? frame.height - size.height - margin : margin,
  };
}

/** The corner that hides fewest points; the one in use stays while it is as good as the best. */
export function quietCorner(
  points: readonly (readonly [number, number])[],
  size: { width: number; height: number },
  frame: { width: number; height: number },
  current: Corner,
): Corner {
  const hidden = (corner: Corner) => {
    const { x, y, width, height } = inCorner(corner, size, frame, 0);
    return points.filter(([px, py]) => px >= x && px <= x + width && py >= y && py <= y + height).length;
  };
  const fewest = Math.min(...CORNERS.map(hidden));
  return hidden(current) === fewest ? current : (CORNERS.find((corner) => hidden(corner) === fewest) ?? current);
}
