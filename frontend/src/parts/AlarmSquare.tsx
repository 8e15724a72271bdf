// 火警等级: a digit 1–5 in a filled square. No other scale looks like this.
import type { AlarmLevel } from "../contracts";
import { t } from "../words";
import css from "./AlarmSquare.module.css";

/** Size follows the font size. `former` draws a value that is being replaced as an empty outline. */
export function AlarmSquare({ level, former = false }: { level: AlarmLevel; former?: boolean }) {
  const colour = `var(--alarm-${level})`;
  return (
    <span
      role="img"
      aria-label={t("scale.alarm", { n: level })}
      className={`${css["square"]} ${former ? css["former"] : ""}`}
      style={former ? { borderColor: colour, color: colour } : { background: colour, borderColor: colour }}
    >
      {level}
    </span>
  );
}
