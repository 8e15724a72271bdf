// How ready each district stands: units of its fire stations that could leave now.
import { all } from "../picture";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { useForces } from "../useLent";
import { t } from "../words";
import css from "./Districts.module.css";
import { byDistrict, LOW_READINESS } from "./figures";
import { useAssignmentByUnit } from "./situation";

export function Districts({ room }: { room: number }) {
  const stations = usePicture((picture) => all(picture, "station"));
  const byUnit = useAssignmentByUnit();
  const { ours } = useForces();
  const rows = byDistrict(ours, stations, byUnit).slice(0, room);
  return (
    <section className={css["districts"]}>
      <h3 className={css["heading"]}><T>{t("wall.stations")}</T></h3>
      <ul>
        {rows.map((row) => (
          <li key={row.district} className={css["district"]}>
            <span className={css["name"]}><T>{row.district}</T></span>
            <span className={css["bar"]}><span style={{ inlineSize: `${(row.ready / row.total) * 100}%` }} /></span>
            <span className={`${css["count"]} ${row.ready < row.total * LOW_READINESS ? css["low"] : ""}`}><b>{row.ready}</b> / {row.total}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
