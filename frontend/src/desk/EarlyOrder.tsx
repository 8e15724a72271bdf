// The early order: the area's station leaves on one key, before anything is computed.
import { get } from "../picture";
import { usePicture } from "../store";
import { nameOf, t } from "../words";
import type { Acts } from "./acts";
import css from "./Form.module.css";
import { canSendEarly, type Selection } from "./selection";

export function EarlyOrder({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { incident, assignments } = selection;
  const station = usePicture((p) => (incident?.area_station_id ? get(p, "station", incident.area_station_id) : undefined));
  if (!canSendEarly(incident, assignments)) return null;
  return (
    <button type="button" className={css["early"]} onClick={() => void acts.early()}>
      <span className={css["earlyWords"]}>
        <strong className={css["earlyTitle"]}>{t("desk.early")}</strong>
        <span className={css["earlyLine"]}>{station ? t("desk.early_line", { station: nameOf(station) }) : t("desk.early_nearest")}</span>
      </span>
      <kbd className={css["earlyCap"]}>F2</kbd>
    </button>
  );
}
