// Readiness by type: ready, out, out of service, with the number that could leave now.
import { all } from "../picture";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { useForces } from "../useLent";
import { t } from "../words";
import css from "./Force.module.css";
import { LOW_READINESS, readiness, READINESS_CLASSES, type Readiness } from "./figures";
import { useAssignmentByUnit } from "./situation";

const FIRE_STATIONS: ReadonlySet<string> = new Set(["special", "first", "second"]);

export function Force() {
  const byUnit = useAssignmentByUnit();
  const { ours, askable } = useForces();
  const stations = usePicture((picture) => all(picture, "station"));
  const teams = usePicture((picture) => all(picture, "team"));
  const rows = readiness(ours, byUnit);
  const shown = READINESS_CLASSES.flatMap((unitClass) => rows.find((row) => row.unitClass === unitClass) ?? []);
  const fireStations = [...stations.values()].filter((s) => FIRE_STATIONS.has(s.station_class)).length;
  return (
    <section className={css["panel"]}>
      <h2 className={css["heading"]}>
        <span className={css["label"]}><T>{t("wall.force")}</T></span> <b className={css["number"]}>{ours.length}</b>
        <span className={css["side"]}><T>{t("wall.force_of", { stations: fireStations, teams: teams.size })}</T></span>
      </h2>
      <ul className={css["rows"]}>{shown.map((row) => <ReadinessRow key={row.unitClass} row={row} />)}</ul>
      <p className={css["legend"]}>
        <span><i className={css["ready"]} /> <T>{t("status.available")}</T></span>
        <span><i className={css["out"]} /> <T>{t("wall.out")}</T></span>
        <span><i className={css["stopped"]} /> <T>{t("status.out_of_service")}</T></span>
        {askable > 0 && <span className={css["askable"]}><T>{t("wall.askable", { n: askable })}</T></span>}
      </p>
    </section>
  );
}

function ReadinessRow({ row }: { row: Readiness }) {
  const share = (n: number) => ({ flexGrow: n, flexBasis: 0 });
  const low = row.ready < row.total * LOW_READINESS;
  const label = `${t(`class.${row.unitClass}`)}: ${t("status.available")} ${row.ready}, ${t("wall.out")} ${row.out}, ${t("status.out_of_service")} ${row.stopped}`;
  return (
    <li className={css["row"]}>
      <span className={css["name"]}><T>{t(`class.${row.unitClass}`)}</T></span>
      <span className={css["bar"]} role="img" aria-label={label}>
        {row.ready > 0 && <span className={css["ready"]} style={share(row.ready)} />}
        {row.out > 0 && <span className={css["out"]} style={share(row.out)} />}
        {row.stopped > 0 && <span className={css["stopped"]} style={share(row.stopped)} />}
      </span>
      <span className={`${css["count"]} ${low ? css["low"] : ""}`}><b>{row.ready}</b> / {row.total}</span>
    </li>
  );
}
