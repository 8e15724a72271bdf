// The step curve of one plan's arrivals, with the other plans as ghosts behind it.
import type { Alternative } from "../contracts";
import { T } from "../parts/T";
import { durationText } from "../times";
import { t } from "../words";
import css from "./Curve.module.css";
import { curveOf, ticks, type CurveScale } from "./curve";

/** Of the five minutes in which the first crew should be there. */
const LIMIT_S = 300;

interface Props {
  readonly plan: Alternative;
  readonly ghosts: readonly Alternative[];
  readonly scale: CurveScale;
  /** Drawn where the plan is only the nearest-first list. */
  readonly dashed: boolean;
}

export function Curve({ plan, ghosts, scale, dashed }: Props) {
  const mine = curveOf(plan.curve, plan.outcome.unmet, scale);
  const { first_due_s, complete_s } = plan.outcome;
  const label = t("desk.plan.curve", { n: plan.curve.length, first: timeText(first_due_s), complete: timeText(complete_s) });
  return (
    <span className={css["curve"]} role="img" aria-label={label}>
      <span className={css["box"]}>
        <svg className={css["drawing"]} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={mine.area} className={css["area"]} />
          {ghosts.map((ghost) => <path key={ghost.name} d={curveOf(ghost.curve, ghost.outcome.unmet, scale).line} className={css["ghost"]} />)}
          <path d={mine.line} className={`${css["line"]} ${dashed ? css["dashed"] : ""}`} />
        </svg>
        <span className={css["limit"]} style={{ insetInlineStart: `${(LIMIT_S / scale.span_s) * 100}%` }} />
        {mine.complete && <span className={css["ring"]} style={place(mine.complete)} />}
        {mine.missing && <span className={css["missing"]} style={{ ...place(mine.missing), blockSize: `${mine.missing.height}%` }} />}
      </span>
      <span className={css["axis"]} aria-hidden="true">
        {ticks(scale).map((at_s, i, { length }) => (
          <span key={at_s} className={css["tick"]} style={{ insetInlineStart: `${(at_s / scale.span_s) * 100}%` }}><T>{i === length - 1 ? t("desk.plan.minutes", { n: at_s / 60 }) : at_s / 60}</T></span>
        ))}
      </span>
    </span>
  );
}

const place = ({ x, y }: { readonly x: number; readonly y: number }) => ({ insetInlineStart: `${x}%`, insetBlockStart: `${y}%` });

export const timeText = (seconds: number | null): string => (seconds === null ? "—" : durationText(seconds));
