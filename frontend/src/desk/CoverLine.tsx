// One line: what the hatch means, the share of the risk that a first engine reaches in time, and since when that holds.
import { T } from "../parts/T";
import { useHealth } from "../store";
import { shortClockText } from "../times";
import { joined, t, word } from "../words";
import css from "./Cover.module.css";
import { LIMIT_S, percentText, standing, withinLimit } from "./cover";
import type { Cover } from "./useCover";

const MINUTES = LIMIT_S / 60;

export function CoverLine({ cover: { coverage, late } }: { cover: Cover }) {
  const { state, at, why } = standing(coverage, useHealth());
  const within = withinLimit(coverage);
  const reasons = why.length === 0 ? "" : `△ ${joined(why.map((code) => word("desk.cover.why", code)))}`;
  if (!within || at === null) {
    return <p className={css["line"]} role="status"><T>{t("desk.cover.unknown")}</T> <span className={css["amber"]}><T>{reasons}</T></span></p>;
  }
  const down = within.share < within.at_home;
  return (
    <p className={css["line"]} title={late ? t("desk.cover.zones", { ...late, n: MINUTES }) : undefined}>
      {late ? <Legend lost={late.lost} all={late.all} /> : <span className={css["amber"]}>{t("desk.cover.no_zones")}</span>}
      <span className={css["figure"]}>
        <T>{t("desk.cover.within", { n: MINUTES })}</T>{" "}
        <strong className={down ? css["amber"] : css["good"]}><T>{`${percentText(within.share)} %`}</T></strong>
        {down && <span className={css["quiet"]}> · <T>{t("desk.cover.home", { share: percentText(within.at_home) })}</T></span>}
      </span>
      {reasons === "" ? (
        <span className={state === "old" ? css["amber"] : css["quiet"]}><T>{t(state === "old" ? "desk.cover.old" : "desk.cover.since", { time: shortClockText(at) })}</T></span>
      ) : (
        <span className={`${css["amber"]} ${css["cut"]}`} title={reasons}><T>{reasons}</T></span>
      )}
    </p>
  );
}

/** The two looks of the hatch; `data-zones` counts what is drawn, because a canvas cannot be asked. */
function Legend({ all, lost }: { all: number; lost: number }) {
  return (
    <span className={css["legend"]} data-zones={`${all} ${lost}`}>
      <span className={`${css["swatch"]} ${css["late"]}`} aria-hidden="true" /> <T>{t("desk.cover.late", { n: MINUTES })}</T>
      {lost > 0 && <><span className={`${css["swatch"]} ${css["lost"]}`} aria-hidden="true" /> <T>{t("desk.cover.lost")}</T></>}
    </span>
  );
}
