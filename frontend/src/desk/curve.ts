// The curve of arrivals: one step per unit over the minutes, every plan on one scale. Pure.

/** What all curves beside one another share. */
export interface CurveScale {
  readonly span_s: number;
  /** Units that would stand at the incident if nothing were missing, in the plan that has most. */
  readonly most: number;
}

interface Arrivals {
  /** Seconds of each arrival, in order. */
  readonly curve: readonly number[];
  readonly outcome: { readonly unmet: number };
}

const LEAST_SPAN_S = 600;

/** Whole steps of the axis that hold the last arrival of every plan and some room behind it. */
export function curveScale(plans: readonly Arrivals[]): CurveScale {
  const last = Math.max(0, ...plans.flatMap((plan) => plan.curve));
  const step = tickStep(last);
  const most = Math.max(1, ...plans.map((plan) => plan.curve.length + plan.outcome.unmet));
  return { span_s: Math.max(LEAST_SPAN_S, Math.ceil((last * 1.1) / step) * step), most };
}

/** Seconds between two figures of the axis: 5 minutes, more where the axis is long. */
function tickStep(span_s: number): number {
  return [300, 600, 1800, 3600].find((step) => span_s / step <= 4) ?? 7200;
}

/** Figures of the axis in seconds, 0 and the last whole step included. */
export function ticks({ span_s }: CurveScale): readonly number[] {
  const step = tickStep(span_s);
  return Array.from({ length: Math.floor(span_s / step) + 1 }, (_, i) => i * step);
}

/** Places in a box of 100 by 100, the origin at its top left. */
export interface Curve {
  readonly line: string;
  readonly area: string;
  /** Where everybody is there, null where somebody is missing or nobody comes. */
  readonly complete: { readonly x: number; readonly y: number } | null;
  /** From where to where units are missing at the end: above the last step, null where none is. */
  readonly missing: { readonly x: number; readonly y: number; readonly height: number } | null;
}

export function curveOf(arrivals: readonly number[], unmet: number, scale: CurveScale): Curve {
  const x = (seconds: number) => round((Math.max(0, seconds) / scale.span_s) * 100);
  const y = (units: number) => round(100 - (units / scale.most) * 100);
  const steps = arrivals.map((seconds, i) => `H${x(seconds)}V${y(i + 1)}`).join("");
  const line = `M0 100${steps}H100`;
  const last = arrivals.at(-1);
  const end = { x: x(last ?? 0), y: y(arrivals.length) };
  const top = y(arrivals.length + unmet);
  return {
    line,
    area: `${line}V100Z`,
    complete: last === undefined || unmet > 0 ? null : end,
    missing: unmet === 0 ? null : { x: end.x, y: top, height: round(end.y - top) },
  };
}

const round = (n: number): number => Math.round(n * 100) / 100;
