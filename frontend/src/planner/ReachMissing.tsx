// Everything that is out of reach, the worst first: which line at which place, and how bad it is.
import { useState } from "react";
import type { HazardTag } from "../contracts";
import { T } from "../parts/T";
import { durationText } from "../times";
import { joined, t, word } from "../words";
import css from "./Panel.module.css";
import { stepThrough } from "./pieces";
import { rank, secondsOf, type Missing as Pair } from "./reach";
import own from "./Reach.module.css";
import { riskText } from "./text";

interface Props {
  readonly missing: readonly Pair[];
  readonly nameOf: (zoneId: string) => string;
  readonly zoneId: string | null;
  readonly onChoose: (zoneId: string) => void;
  /** The package is looked at that the line belongs to. */
  readonly onPackage: (hazard: HazardTag) => void;
}

const AT_FIRST = 40;

export function Missing({ missing, nameOf, zoneId, onChoose, onPackage }: Props) {
  const [whole, showWhole] = useState(false);
  const shown = whole ? missing : missing.slice(0, AT_FIRST);
  if (missing.length === 0) return <p className={css["good"]}>✓ {t("planner.reach.all_in")}</p>;
  return (
    <>
      <table className={css["table"]} onKeyDown={stepThrough}>
        <thead><tr><th>{t("planner.how_bad")}</th><th>{t("planner.line")}</th><th>{t("planner.place")}</th><th className={css["number"]}>{t("planner.risk")}</th></tr></thead>
        <tbody>
          {shown.map((each) => (
            <tr key={`${each.place.zone_id} ${each.need.line}`} className={`${css["row"]} ${each.place.zone_id === zoneId ? css["here"] : ""}`}>
              <td><span className={`${own["cell"]} ${own[rank(each) === 0 ? "b2" : "b3"]}`}><strong>{badness(each)}</strong></span></td>
              <td>{word("line", each.need.line)}<span className={own["need"]}><T>{`${t("planner.need", { n: each.need.quantity, able: each.need.able })} · ${hazards(each)}`}</T></span></td>
              <td>
                <button
                  type="button" className={css["open"]} aria-pressed={each.place.zone_id === zoneId}
                  onClick={() => {
                    if (each.need.hazards[0]) onPackage(each.need.hazards[0]);
                    onChoose(each.place.zone_id);
                  }}
                >
                  <T>{nameOf(each.place.zone_id)}</T>
                </button>
              </td>
              <td className={css["number"]}>{riskText(each.place.risk)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {missing.length > shown.length && <button type="button" className={css["small"]} onClick={() => showWhole(true)}>{t("planner.more", { n: missing.length - shown.length })}</button>}
    </>
  );
}

function badness(each: Pair): string {
  const found = rank(each);
  if (found === 2) return `✕ ${t("planner.bad.nobody")}`;
  if (found === 1) return `✕ ${t("planner.bad.not_all")}`;
  return `▲ ${t("planner.bad.late", { time: durationText(secondsOf(each.force, "full") ?? 0) })}`;
}

const hazards = ({ need }: Pair): string => joined(need.hazards.map((hazard) => t(`hazard.${hazard}`)));
