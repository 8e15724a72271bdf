// A value running towards a target: bar, tick at the target, sign when met or late.
import css from "./Bar.module.css";

export type BarTone = "good" | "running" | "warn" | "late";

interface Props {
  /** In the unit of `target`. */
  readonly value: number;
  readonly target: number;
  readonly tone: BarTone;
  readonly label: string;
}

/** The target stands at four fifths, so that a bar past it still has room to show by how much. */
export function Bar({ value, target, tone, label }: Props) {
  const share = target > 0 ? Math.min(1, (value / target) * 0.8) : 0;
  return (
    <span className={css["bar"]} role="img" aria-label={label}>
      <span className={`${css["fill"]} ${css[tone]}`} style={{ inlineSize: `${share * 100}%` }} />
      <span className={css["tick"]} />
    </span>
  );
}

/** Running until 55 % of the limit, then a warning, late past it; met values are good. */
export function barTone(value: number, target: number, met: boolean): BarTone {
  if (value > target) return "late";
  if (met) return "good";
  return value > target * 0.55 ? "warn" : "running";
}
