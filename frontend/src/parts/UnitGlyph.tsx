// A unit's symbol in text: family shape, one Hanzi or letter, status by colour and treatment.
import type { UnitClass, UnitFamily } from "../contracts";
import type { UnitStatus } from "../picture";
import { t } from "../words";
import { SHAPES, TREATMENTS } from "./glyph";
import css from "./UnitGlyph.module.css";

interface Props {
  readonly unitClass: UnitClass;
  readonly family: UnitFamily;
  readonly status: UnitStatus;
  /** Draws a unit whose last position is old as hollow. */
  readonly old?: boolean;
}

/** As high as 1.5 times the font size. */
export function UnitGlyph({ unitClass, family, status, old = false }: Props) {
  const treatment = TREATMENTS[status];
  const filled = treatment.filled && !old;
  const colour = `var(--status-${status})`;
  return (
    <svg className={css["glyph"]} viewBox="-3 -3 30 30" role="img" aria-label={`${t(`class.${unitClass}`)} ${t(`status.${status}`)}`}>
      <path
        d={SHAPES[family]}
        fill={filled ? colour : "var(--bg)"}
        stroke={colour}
        strokeWidth={filled ? 0 : 2}
        strokeDasharray={treatment.dashed ? "3 2.4" : undefined}
      />
      {treatment.ring && !old && (
        <path d={SHAPES[family]} fill="none" stroke={colour} strokeWidth="1.8" transform="translate(-2.6 -2.6) scale(1.217)" />
      )}
      <text x="12" y="12.4" className={css["letter"]} fill={filled ? "var(--glyph-on-fill, #0b0f14)" : colour}>
        {t(`glyph.${unitClass}`)}
      </text>
      {treatment.slash && <path d="M4 20L20 4" stroke={colour} strokeWidth="2" />}
    </svg>
  );
}
