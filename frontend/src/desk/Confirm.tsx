// The last row: edit with a reason, units only, and the key that sends exactly what is displayed.
import { all } from "../picture";
import { usePicture } from "../store";
import { T } from "../parts/T";
import { t } from "../words";
import type { Acts } from "./acts";
import css from "./Advice.module.css";
import { stationCount } from "./advice";
import { differs, orderedIds } from "./edit";
import { pinnable, type Selection } from "./selection";
import { useDesk } from "./state";

const REASONS = ["known", "enough", "crossed", "broken"] as const;

export function Confirm({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { advice } = selection;
  const { state, change } = useDesk();
  const units = usePicture((p) => all(p, "unit"));
  const ids = orderedIds(state.edit, advice);
  const stock = advice?.stock.length ?? 0;
  const nothing = ids.length + stock === 0;
  if (nothing && !state.edit.open) return <p className={css["met"]}>{advice ? t("desk.needs_met") : t("desk.advice_none")}</p>;
  return (
    <div className={css["confirm"]}>
      <button type="button" className={css["minor"]} disabled={ids.length === 0} onClick={() => void acts.confirm(false)}>
        <kbd className={css["cap"]}>Shift F9</kbd> {t("desk.units_only")}
      </button>
      {state.edit.open ? (
        <EditReason />
      ) : (
        <button type="button" className={css["minor"]} onClick={() => change({ edit: { ...state.edit, open: true }, pinned: pinnable(selection) })}>
          <kbd className={css["cap"]}>E</kbd> {t("desk.edit")} <span className={css["quiet"]}>{t("desk.edit_hint")}</span>
        </button>
      )}
      <button type="button" className={css["go"]} disabled={nothing} onClick={() => void acts.confirm(true)}>
        <span><T>{`${t("desk.confirm", { units: ids.length, stations: stationCount(ids, units) })}${stock > 0 ? t("desk.confirm_stock", { n: stock }) : ""}`}</T></span>
        <kbd className={css["goCap"]}>F9</kbd>
      </button>
    </div>
  );
}

function EditReason() {
  const { state, change } = useDesk();
  const { edit } = state;
  const write = (reason: string) => change({ edit: { ...edit, reason } });
  return (
    <span className={css["reason"]} data-group="reason">
      <input
        data-focus=""
        className={`${css["reasonInput"]} ${differs(edit) && edit.reason === "" ? css["wanted"] : ""}`}
        aria-label={t("desk.edit_reason")}
        placeholder={`${t("desk.editing")} 1–${REASONS.length}`}
        value={edit.reason}
        onChange={(event) => {
          const preset = edit.reason === "" ? REASONS[Number(event.target.value) - 1] : undefined;
          write(preset ? t(`desk.preset.${preset}`) : event.target.value);
        }}
      />
    </span>
  );
}
