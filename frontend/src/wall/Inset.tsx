// The close-up of the worst scene: who stands around it, who is about to arrive, at 500 m and 1 km.
import { useMemo } from "react";
import type { Assignment, Incident } from "../contracts";
import { circle, type LonLat } from "../geo";
import type { Basemap } from "../map/basemap";
import { zoomFor } from "../map/camera";
import { At, CityMap, type Drawn } from "../map/CityMap";
import { lines } from "../map/drawn";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { t } from "../words";
import css from "./Inset.module.css";
import { sceneMarks, type MarkInput } from "./marks";
import type { Corner } from "./placing";

const RINGS_M = [500, 1000];
/** The inner ring's radius on the wall, in rem. */
const INNER = 12;

const CORNER: Readonly<Record<Corner, string>> = {
  "bottom-right": "bottomRight",
  "bottom-left": "bottomLeft",
  "top-right": "topRight",
  "top-left": "topLeft",
};

interface Props {
  readonly basemap: Basemap;
  readonly incident: Incident;
  readonly assignments: readonly Assignment[];
  readonly input: MarkInput;
  readonly drawn: Drawn;
  readonly corner: Corner;
}

export function Inset({ basemap, incident, assignments, input, drawn, corner }: Props) {
  const { rem } = input;
  const [lon, lat] = incident.at;
  const view = useMemo(() => ({ centre: [lon, lat] as LonLat, zoom: zoomFor(500, INNER * rem, lat) }), [lon, lat, rem]);
  const marks = useMemo(() => sceneMarks(input, incident, assignments), [input, incident, assignments]);
  const withRings = useMemo(() => ({ ...drawn, rings: lines(RINGS_M.map((r) => ({ points: circle([lon, lat], r) }))) }), [drawn, lon, lat]);
  const colour = `var(--alarm-${incident.alarm_level})`;
  return (
    <section className={`${css["inset"]} ${css[CORNER[corner]]}`} style={{ borderColor: colour }}>
      <h3 className={css["head"]}>
        <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
        <span className={css["title"]}><T>{`${t("wall.scene")} · ${incident.address}`}</T></span>
      </h3>
      <div className={css["map"]}>
        <CityMap basemap={basemap} view={view} marks={marks} drawn={withRings} label={t("wall.inset_label", { place: incident.address })} credit="none" scale={rem / 10} largest={4.6 * rem}>
          <At at={incident.at}><span className={css["spot"]} style={{ borderColor: colour, background: `radial-gradient(${colour} 42%, var(--bg) 45%)` }} /></At>
          <At at={[lon, lat]} dx={INNER * 0.71 * rem} dy={INNER * 0.71 * rem}><span className={css["ring"]}>500 m</span></At>
          <At at={[lon, lat]} dx={-INNER * 1.5 * rem} dy={INNER * 0.9 * rem}><span className={css["ring"]}>1 km</span></At>
        </CityMap>
      </div>
    </section>
  );
}
