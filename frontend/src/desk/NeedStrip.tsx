// What the incident needs as slots per line, and the sums that units add up to.
import type { Assignment, Incident, Unit } from "../contracts";
import type { LineState } from "../needs";
import { Slots } from "../parts/Slots";
import { T } from "../parts/T";
import { numberText } from "../times";
import { t, word } from "../words";
import css from "./Advice.module.css";
import { needSlots, sumStates } from "./advice";
import type { Advice } from "./plan";
import { lineText } from "./sentences";

interface Props {
  readonly incident: Incident;
  readonly states: readonly LineState[];
  readonly assignments: readonly Assignment[];
  readonly advice: Advice | undefined;
  readonly units: ReadonlyMap<string, Unit>;
}

export function NeedStrip({ incident, states, assignments, advice, units }: Props) {
  const slots = needSlots(states, advice);
  const sums = sumStates(incident, assignments, advice, units);
  if (slots.length + sums.length === 0) return null;
  return (
    <ul className={css["needs"]}>
      {slots.map(({ requirement, arrived, coming, advised, missing }) => (
        <li key={requirement.key} className={`${css["need"]} ${missing > 0 ? css["short"] : ""}`}>
          <span className={css["needName"]}>{lineText(requirement.key)}</span>
          <Slots
            counts={{ arrived, coming: coming + advised, missing }}
            label={`${lineText(requirement.key)} ${arrived + coming + advised} / ${requirement.quantity}`}
          />
        </li>
      ))}
      {sums.map(({ requirement, brought }) => (
        <li key={requirement.key} className={`${css["need"]} ${css["sum"]} ${brought < requirement.quantity ? css["short"] : ""}`}>
          <span className={css["needName"]}>{word("attribute", requirement.attribute ?? "")}</span>
          <span>
            <strong><T>{`${brought < requirement.quantity ? "▲ " : ""}${numberText(brought)}`}</T></strong>
            <span className={css["quiet"]}><T>{`/${numberText(requirement.quantity)}`}</T></span>
          </span>
        </li>
      ))}
      {assignments.length === 0 && !advice && <li className={css["quiet"]}>{t("desk.advice_none")}</li>}
    </ul>
  );
}
