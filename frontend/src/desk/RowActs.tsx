// What may be chosen about the unit of a row: its reasons, pin, forbid, swap.
import { t } from "../words";
import type { Acts } from "./acts";
import css from "./RowActs.module.css";
import { useDesk } from "./state";

const CHOICES = [["I", "pin"], ["X", "forbid"], ["S", "swap"]] as const;

export function RowActs({ acts, unitId }: { acts: Acts; unitId: string }) {
  const { change } = useDesk();
  return (
    <span className={css["acts"]}>
      {CHOICES.map(([cap, kind]) => (
        <button key={kind} type="button" tabIndex={-1} className={css["act"]} onClick={() => void acts.choosing.decide(kind, unitId)}>
          <kbd className={css["cap"]}>{cap}</kbd> {t(`desk.choice.${kind}`)}
        </button>
      ))}
      <button type="button" tabIndex={-1} className={css["act"]} onClick={() => change({ drawer: unitId })}>
        <kbd className={css["cap"]}>W</kbd> {t("desk.details")}
      </button>
    </span>
  );
}
