// Where a moving symbol is between two fixes. Pure.

/** A straight move in mercator units from one place to another, in milliseconds of one clock. */
export interface Motion {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly startedAt: number;
  readonly lasts: number;
}

const SHORTEST_MS = 120;
const LONGEST_MS = 2500;
/** Some 400 m in mercator units: a longer jump is a correction, not a drive. */
const JUMP = 1e-5;

/** A symbol that stands still. */
export const still = (x: number, y: number): Motion => ({ fromX: x, fromY: y, toX: x, toY: y, startedAt: 0, lasts: 1 });

/** Place at an instant: mixed between both ends, never beyond the last fix. */
export function placeAt(motion: Motion, now: number): readonly [number, number] {
  const share = Math.max(0, Math.min(1, (now - motion.startedAt) / motion.lasts));
  return [motion.fromX + (motion.toX - motion.fromX) * share, motion.fromY + (motion.toY - motion.fromY) * share];
}

/** The next move: from where the symbol is drawn now to the new fix, lasting as long as fixes are apart. */
export function moveTo(motion: Motion, x: number, y: number, now: number): Motion {
  const [fromX, fromY] = placeAt(motion, now);
  if (Math.hypot(x - fromX, y - fromY) > JUMP) return { ...still(x, y), startedAt: now };
  const apart = motion.startedAt === 0 ? 1000 : now - motion.startedAt;
  return { fromX, fromY, toX: x, toY: y, startedAt: now, lasts: Math.max(SHORTEST_MS, Math.min(LONGEST_MS, apart)) };
}

/** Whether the symbol is still on its way to its last fix. */
export const isMoving = (motion: Motion, now: number): boolean =>
  now < motion.startedAt + motion.lasts && (motion.fromX !== motion.toX || motion.fromY !== motion.toY);
