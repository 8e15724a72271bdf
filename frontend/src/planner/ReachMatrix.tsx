// Places by lines of a package: when the chosen part of the force is there, in its band, the worst place first.
import { Fragment, useState } from "react";
import type { ReachForce, ReachNeed } from "../contracts";
import { T } from "../parts/T";
import { all } from "../picture";
import { usePicture } from "../store";
import { joined, nameOf as unitName, t, word } from "../words";
import css from "./Panel.module.css";
import { stepThrough } from "./pieces";
import { bandOf, minutes, PARTS, secondsOf, type Part, type Row } from "./reach";
import own from "./Reach.module.css";
import { riskText } from "./text";

interface Props {
  readonly lines: readonly ReachNeed[];
  readonly rows: readonly Row[];
  readonly part: Part;
  readonly bands_s: readonly number[];
  readonly nameOf: (zoneId: string) => string;
  readonly zoneId: string | null;
  readonly onChoose: (zoneId: string) => void;
}

const AT_FIRST = 40;
const SIGNS = ["✓", "△", "▲", "✕"] as const;

export function Matrix({ lines, rows, part, bands_s, nameOf, zoneId, onChoose }: Props) {
  const [whole, showWhole] = useState(false);
  const shown = rows.filter(({ place }, i) => whole || i < AT_FIRST || place.zone_id === zoneId);
  return (
    <div className={own["scroll"]} role="region" aria-label={t("planner.view.matrix")} tabIndex={0}>
      <table className={css["table"]} onKeyDown={stepThrough}>
        <thead>
          <tr>
            <th>{t("planner.place")}<span className={own["counts"]}><T>{t("planner.counts")}</T></span></th>
            {lines.map((need) => (
              <th key={need.line}>
                {word("line", need.line)}
                <span className={own["need"]}><T>{t("planner.need", { n: need.quantity, able: need.able })}</T></span>
                <span className={own["need"]}><T>{[...need.within, `✕${need.out_of_reach}`].join(" / ")}</T></span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ place, forces }) => (
            <Fragment key={place.zone_id}>
              <tr className={`${css["row"]} ${place.zone_id === zoneId ? css["here"] : ""}`}>
                <td>
                  <button type="button" className={css["open"]} aria-pressed={place.zone_id === zoneId} onClick={() => onChoose(place.zone_id)}>
                    <T>{nameOf(place.zone_id)}</T> <span className={own["need"]}><T>{t("planner.place.of", { risk: riskText(place.risk), keys: place.key_units })}</T></span>
                  </button>
                </td>
                {forces.map((force, i) => <td key={lines[i]?.line}><Cell force={force} need={lines[i]} part={part} bands_s={bands_s} /></td>)}
              </tr>
              {place.zone_id === zoneId && <tr><td colSpan={lines.length + 1}><Detail lines={lines} forces={forces} /></td></tr>}
            </Fragment>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && <button type="button" className={css["small"]} onClick={() => showWhole(true)}>{t("planner.more", { n: rows.length - shown.length })}</button>}
    </div>
  );
}

interface CellProps {
  readonly force: ReachForce | undefined;
  readonly need: ReachNeed | undefined;
  readonly part: Part;
  readonly bands_s: readonly number[];
}

function Cell({ force, need, part, bands_s }: CellProps) {
  if (part === "second" && (need?.quantity ?? 0) < 2) return <span className={css["quiet"]}>{t("planner.one_enough")}</span>;
  const seconds = secondsOf(force, part);
  const band = Math.min(bandOf(seconds, bands_s), 3);
  const others = PARTS.filter((each) => each !== part && (each !== "second" || (need?.quantity ?? 0) > 1));
  return (
    <div className={`${own["cell"]} ${own[`b${band}`]}`}>
      <strong>{SIGNS[band]} {minuteText(seconds)}</strong>
      <span><T>{others.map((each) => `${t(`planner.force.short.${each}`)} ${minuteText(secondsOf(force, each))}`).join(" · ")}</T></span>
    </div>
  );
}

const minuteText = (seconds: number | null): string => (seconds === null ? t("planner.never") : `${minutes(seconds)}′`);

/** Who would come, by line. */
function Detail({ lines, forces }: { lines: readonly ReachNeed[]; forces: readonly (ReachForce | undefined)[] }) {
  const units = usePicture((p) => all(p, "unit"));
  const names = (force: ReachForce | undefined) => joined((force?.unit_ids ?? []).map((id) => unitName(units.get(id), id)));
  return (
    <ul className={own["detail"]}>
      {lines.map((need, i) => (
        <li key={need.line}>
          <strong>{word("line", need.line)}</strong> <T>{names(forces[i]) || t("planner.nobody")}</T>
        </li>
      ))}
    </ul>
  );
}
