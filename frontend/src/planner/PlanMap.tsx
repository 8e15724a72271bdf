// The map beside a list: zones and dots of that list, the fire stations, a legend; a click may choose a place.
import { useEffect, useMemo, useRef, useState, type MouseEvent, type PointerEvent, type ReactNode } from "react";
import type { Station, Unit } from "../contracts";
import type { Box, LonLat } from "../geo";
import { useBasemap, type Basemap } from "../map/basemap";
import { fit, placeUnder, type Frame } from "../map/camera";
import { CityMap, type Drawn } from "../map/CityMap";
import { useClosureAreas } from "../map/drawn";
import type { Mark, View } from "../map/overlay";
import { useSize, type Size } from "../parts/size";
import { all } from "../picture";
import { useNow, usePicture } from "../store";
import { t } from "../words";
import css from "./PlanMap.module.css";

const CLOSEST = 13;
/** A press that moved further than this dragged the map and chose nothing. */
const STILL_PX = 4;
const FIRE = new Set(["special", "first", "second"]);

interface Props {
  readonly label: string;
  readonly drawn: Drawn;
  /** What the map goes to when `key` becomes another; the whole city without a box. */
  readonly focus: { readonly key: string; readonly box?: Box | undefined };
  readonly onPick?: ((at: LonLat) => void) | undefined;
  readonly legend: ReactNode;
  readonly children?: ReactNode;
}

export function PlanMap(props: Props) {
  const { map, failed } = useBasemap();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  useEffect(() => forgetReady, []);
  return (
    <section className={css["pane"]} aria-label={props.label}>
      <div ref={frame} className={css["frame"]}>
        {map && size.width > 0 && <Ground {...props} basemap={map} size={size} />}
        {failed && <p role="status" className={css["missing"]}>{t("app.map_missing")}</p>}
      </div>
      <div className={css["legend"]}>{props.legend}</div>
    </section>
  );
}

function Ground({ basemap, size, label, drawn, focus, onPick, children }: Props & { basemap: Basemap; size: Size }) {
  const { view, look } = useView(basemap, size, focus);
  const marks = useStations();
  const minute = useNow(60_000) ?? 0;
  const closures = useClosureAreas(usePicture((p) => all(p, "closure")), minute);
  const together = useMemo(() => ({ ...drawn, closures }), [drawn, closures]);
  const pressed = useRef<readonly [number, number]>([0, 0]);
  const press = (event: PointerEvent) => {
    pressed.current = [event.clientX, event.clientY];
  };
  const pick = (event: MouseEvent<HTMLDivElement>) => {
    const [x, y] = pressed.current;
    if (!onPick || Math.hypot(event.clientX - x, event.clientY - y) > STILL_PX) return;
    const box = event.currentTarget.getBoundingClientRect();
    onPick(placeUnder(event.clientX - box.left, event.clientY - box.top, view, size));
  };
  return (
    <div className={`${css["ground"]} ${onPick ? css["picking"] : ""}`} onPointerDownCapture={press} onClick={pick}>
      <CityMap basemap={basemap} view={view} marks={marks} drawn={together} theme="light" interactive largest={28} label={label} onView={look} onReady={tellReady}>
        {children}
      </CityMap>
    </div>
  );
}

/** The view: fitted when the focus becomes another, a person's own after a person has moved it. */
function useView(basemap: Basemap, size: Size, focus: Props["focus"]) {
  const [west, south, east, north] = basemap.box;
  const frame: Frame = { ...size, top: 40, right: 40, bottom: 90, left: 40 };
  const wanted = () => fit(focus.box ?? { west, south, east, north }, frame, CLOSEST);
  const [held, setHeld] = useState<{ key: string; view: View }>(() => ({ key: focus.key, view: wanted() }));
  const view = held.key === focus.key ? held.view : wanted();
  if (held.key !== focus.key) setHeld({ key: focus.key, view });
  const look = (next: View) => setHeld((was) => (isSame(was.view, next) ? was : { ...was, view: next }));
  return { view, look };
}

const isSame = (a: View, b: View): boolean =>
  Math.abs(a.zoom - b.zoom) < 1e-6 && Math.abs(a.centre[0] - b.centre[0]) < 1e-7 && Math.abs(a.centre[1] - b.centre[1]) < 1e-7;

function useStations(): readonly Mark[] {
  const stations = usePicture((p) => all(p, "station"));
  const units = usePicture((p) => all(p, "unit"));
  return useMemo(() => stationMarks(stations, units), [stations, units]);
}

function stationMarks(stations: ReadonlyMap<string, Station>, units: ReadonlyMap<string, Unit>): readonly Mark[] {
  const used = new Set([...units.values()].map((unit) => unit.station_id));
  return [...stations.values()]
    .filter((station) => used.has(station.id) && FIRE.has(station.station_class))
    .map((station) => ({ id: `station:${station.id}`, at: station.at, size: 18, icon: { shape: "station", glyph: "", status: "available" } }));
}

/** Tells who takes pictures that the map stands. */
function tellReady(): void {
  document.documentElement.dataset["ready"] = "map";
}
function forgetReady(): void {
  delete document.documentElement.dataset["ready"];
}
