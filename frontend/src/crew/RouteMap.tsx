// The way of one unit to its incident on the map, with what it goes round.
import { useEffect, useMemo, useRef } from "react";
import type { Assignment, Incident, Route, Station } from "../contracts";
import { boxOf, type LonLat } from "../geo";
import { useBasemap } from "../map/basemap";
import { fit } from "../map/camera";
import { At, CityMap, type Drawn } from "../map/CityMap";
import { lines, useClosureAreas } from "../map/drawn";
import type { Mark } from "../map/overlay";
import { useSize, useTenPixelRem } from "../parts/size";
import { all, unitStatus } from "../picture";
import { useNow, usePicture, usePositions } from "../store";
import type { ThemeName } from "../theme";
import { t, type Key } from "../words";
import css from "./RouteMap.module.css";

interface Props {
  readonly assignments: readonly Assignment[];
  readonly incident: Incident;
  readonly routes: ReadonlyMap<string, Route>;
  readonly station?: Station | undefined;
  readonly theme: ThemeName;
  readonly interactive?: boolean;
}

export function RouteMap({ assignments, incident, routes, station, theme, interactive = false }: Props) {
  useTenPixelRem();
  useEffect(() => forgotten, []);
  const { map, failed } = useBasemap();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const marks = useMarks(assignments);
  const drawn = useDrawn(routes);
  const points = [...routes.values()].flatMap((route) => route.points as readonly LonLat[]);
  const box = boxOf([incident.at, ...points, ...(station ? [station.at] : [])]);
  const view = useMemo(
    () => (box && size.width > 0 ? fit(box, { ...size, top: 50, right: 60, bottom: 50, left: 60 }, 14) : null),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a box of the same corners is the same box
    [size, box?.west, box?.south, box?.east, box?.north],
  );
  return (
    <div ref={frame} className={css["frame"]}>
      {map && view && (
        <CityMap basemap={map} view={view} marks={marks} drawn={drawn} theme={theme} largest={44} interactive={interactive} label={t("crew.map")} onReady={drawnNow}>
          {station && <At at={station.at}><span className={css["here"]}>{t("crew.here")}</span></At>}
          <At at={incident.at}><span className={css["goal"]}>{t(`kind.${incident.kind}`)}</span></At>
        </CityMap>
      )}
      {failed && <p className={css["missing"]}>{t("crew.no_map")}</p>}
    </div>
  );
}

/** Tells who takes pictures that the map stands. */
function drawnNow(): void {
  document.documentElement.dataset["ready"] = "map";
}
function forgotten(): void {
  delete document.documentElement.dataset["ready"];
}

function useMarks(assignments: readonly Assignment[]): readonly Mark[] {
  const positions = usePositions(1000);
  const units = usePicture((p) => all(p, "unit"));
  return useMemo(
    () =>
      assignments.flatMap((assignment) => {
        const unit = units.get(assignment.unit_id);
        const at = positions.get(assignment.unit_id)?.at ?? unit?.at;
        if (!unit || !at) return [];
        return [{ id: unit.id, at, size: 38, icon: { shape: unit.family, glyph: t(`glyph.${unit.unit_class}` as Key), status: unitStatus(unit, assignment) } }];
      }),
    [assignments, positions, units],
  );
}

function useDrawn(routes: ReadonlyMap<string, Route>): Drawn {
  const minute = useNow(60_000) ?? 0;
  const closures = useClosureAreas(usePicture((p) => all(p, "closure")), minute);
  return useMemo(() => ({ routes: lines([...routes.values()]), closures }), [routes, closures]);
}
