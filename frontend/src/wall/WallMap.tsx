// The wall's map: the city, its stations, every unit on the move, callouts of the worst incidents, and the close-up.
import { useMemo, useRef, useState, type CSSProperties } from "react";
import { boxOf, type LonLat } from "../geo";
import { useBasemap, type Basemap } from "../map/basemap";
import { nextView, project, type Frame } from "../map/camera";
import { CityMap, type Drawn } from "../map/CityMap";
import { lines, useClosureAreas, useMicroStations, useRoutes } from "../map/drawn";
import type { View } from "../map/overlay";
import { useRem, useSize, type Size } from "../parts/size";
import { T } from "../parts/T";
import { all, hasArrived, isComing } from "../picture";
import { useNow, usePicture, usePositions } from "../store";
import { t, type Key } from "../words";
import { Callouts } from "./Callouts";
import { Inset } from "./Inset";
import { Legend } from "./Legend";
import { cameraPoints, cityMarks, type MarkInput } from "./marks";
import { inCorner, quietCorner, type Corner } from "./placing";
import { useAssignmentByUnit, type Situation } from "./situation";
import css from "./WallMap.module.css";

/** Incidents that the camera keeps in view, and routes that are drawn at most. */
const IN_VIEW = 4;
const MOST_ROUTES = 40;
const INSET = { width: 46, height: 34 };
const LEGEND = { width: 19, height: 26 };
const MARGIN = 1.2;
const CLOSEST = 12.25;

export function WallMap({ situation }: { situation: Situation }) {
  const { map, failed } = useBasemap();
  const frame = useRef<HTMLDivElement>(null);
  const whole = useRef<HTMLDivElement>(null);
  const seen = useSize(frame);
  const size = useSize(whole);
  return (
    <div ref={frame} className={css["frame"]}>
      <div ref={whole} className={css["whole"]} />
      {map && seen.width > 0 && size.width > 0 && <CityOnWall basemap={map} situation={situation} seen={seen} size={size} />}
      {failed && <p className={css["missing"]}><T>{t("app.map_missing")}</T></p>}
    </div>
  );
}

function useInput(situation: Situation): MarkInput {
  const stations = usePicture((picture) => all(picture, "station"));
  const byUnit = useAssignmentByUnit();
  const positions = usePositions(1000);
  const rem = useRem();
  const { units } = situation;
  return useMemo(
    () => ({ units, stations, byUnit, positions, rem, glyph: (key) => t(`glyph.${key}` as Key) }),
    [units, stations, byUnit, positions, rem],
  );
}

/** The size of the drawn map, and how much of it the footer covers at its lower edge, in px.
 *
 * The footer grows with the incidents. A map drawn anew in another size would hold up the words of the very report that
 * made it grow, so the map keeps its size and the footer lies on it. */
interface Extent {
  readonly size: Size;
  readonly covered: number;
}

function useCamera(points: readonly LonLat[], basemap: Basemap, { size, covered }: Extent, rem: number): View {
  const [west, south, east, north] = basemap.box;
  const frame: Frame = { ...size, top: 13 * rem, bottom: 8 * rem, covered, left: 14 * rem, right: 14 * rem };
  const [view, setView] = useState<View>(() => nextView(null, boxOf(points) ?? { west, south, east, north }, frame, CLOSEST));
  const next = nextView(view, boxOf(points) ?? { west, south, east, north }, frame, CLOSEST);
  if (next !== view) setView(next);
  return next;
}

function useDrawn(situation: Situation): Drawn {
  const minute = useNow(60_000) ?? 0;
  const micro = useMicroStations();
  const closures = useClosureAreas(usePicture((picture) => all(picture, "closure")), minute);
  const coming = situation.incidents.flatMap((i) => situation.of(i.id)).filter(isComing).slice(0, MOST_ROUTES);
  const found = useRoutes(coming);
  const routes = useMemo(() => lines([...found.values()]), [found]);
  return useMemo(() => ({ micro, closures, routes }), [micro, closures, routes]);
}

function CityOnWall({ basemap, situation, seen, size }: { basemap: Basemap; situation: Situation; seen: Size; size: Size }) {
  const input = useInput(situation);
  const { rem } = input;
  const { hero, incidents, of } = situation;
  const points = cameraPoints(incidents.slice(0, IN_VIEW), input, of);
  const covered = Math.max(0, size.height - seen.height);
  const view = useCamera(points, basemap, { size, covered }, rem);
  const calm = hero === undefined;
  const marks = useMemo(() => cityMarks(input, calm), [input, calm]);
  const drawn = useDrawn(situation);
  const inset = { width: INSET.width * rem, height: INSET.height * rem };
  const corner = useCorner(points.map((p) => project(p, view, size)), inset, seen);
  const legendCorner: Corner = hero && corner === "bottom-left" ? "top-left" : "bottom-left";
  const legend = inCorner(legendCorner, { width: LEGEND.width * rem, height: LEGEND.height * rem }, seen, 0);
  const taken = hero ? [legend, inCorner(corner, inset, seen, MARGIN * rem)] : [legend];
  const counts = (is: typeof isComing) => incidents.flatMap((i) => of(i.id)).filter(is).length;
  const label = t("wall.map_label", { incidents: incidents.length, units: counts(isComing), scene: counts(hasArrived) });
  return (
    <>
      <div className={css["whole"]} style={{ "--covered": `${covered}px` } as CSSProperties}>
        <CityMap basemap={basemap} credit={legendCorner === "bottom-left" ? "left" : "right"} view={view} marks={marks} drawn={drawn} label={label} scale={rem / 10} largest={4.6 * rem} onReady={tellReady}>
          <Callouts situation={situation} input={input} taken={taken} covered={covered} />
        </CityMap>
      </div>
      <Legend corner={legendCorner} />
      {hero && <Inset basemap={basemap} incident={hero} assignments={of(hero.id)} input={input} drawn={drawn} corner={corner} />}
    </>
  );
}

function useCorner(points: readonly (readonly [number, number])[], inset: Size, size: Size): Corner {
  const [corner, setCorner] = useState<Corner>("bottom-right");
  const next = quietCorner(points, inset, size, corner);
  if (next !== corner) setCorner(next);
  return next;
}

/** Tells whoever watches the page that the first whole map is on the screen. */
function tellReady(): void {
  document.documentElement.dataset["ready"] = "map";
}
