// What the symbols mean: a unit's five states, and the small dots.
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { t } from "../words";
import css from "./Legend.module.css";
import type { Corner } from "./placing";

const STATES = ["available", "alerted", "enroute", "on_scene", "returning"] as const;

export function Legend({ corner }: { corner: Corner }) {
  return (
    <ul className={`${css["legend"]} ${corner.startsWith("bottom") ? css["bottom"] : css["top"]}`} aria-label={t("wall.legend")}>
      {STATES.map((status) => (
        <li key={status} className={css["line"]}>
          <span className={css["glyph"]}><UnitGlyph unitClass="water" family="fire" status={status} /></span>
          <T>{t(`status.${status}`)}</T>
        </li>
      ))}
      <li className={css["line"]}>
        <span className={css["dot"]} />
        <T>{t("wall.micro_station")}</T>
      </li>
    </ul>
  );
}
