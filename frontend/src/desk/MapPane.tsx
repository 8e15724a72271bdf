// The desk's map: the incident, who would go or goes, closed roads; draws a closure by clicking round it.
import { useMemo, useRef, useState, type CSSProperties, type MouseEvent } from "react";
import type { Assignment, Incident, MoveUpOrder, Position, Station, StationMove, Unit } from "../contracts";
import { boxOf, type LonLat } from "../geo";
import { useBasemap, type Basemap } from "../map/basemap";
import { fit, placeUnder, project, type Frame } from "../map/camera";
import { At, CityMap, type Drawn } from "../map/CityMap";
import { lines, useClosureAreas, useRoutes } from "../map/drawn";
import type { Mark, View } from "../map/overlay";
import { AlarmSquare } from "../parts/AlarmSquare";
import { textWidth, useSize, type Size } from "../parts/size";
import { T } from "../parts/T";
import { all, assignmentByUnit, boundFor, isActive, isComing, moveUpByUnit, stationOfMoveUp, unitStatus } from "../picture";
import { useNow, usePicture, usePositions } from "../store";
import { durationText } from "../times";
import { nameOf, shortStation, t, type Key } from "../words";
import type { Acts } from "./acts";
import { withinLimit } from "./cover";
import css from "./Map.module.css";
import { movedPlace, movedWay } from "./movedWays";
import type { Going } from "./plan";
import { canSend, type Selection } from "./selection";
import { NO_TRIAL, useDesk } from "./state";
import { useShownMoves, type Cover } from "./useCover";

const CLOSEST = 13;
/** Of a move-up that is ordered, brighter than that of one that is proposed. */
const ORDERED_WAY = "#42d889";
/** A unit that stands in elsewhere is drawn beside the station, not on it. */
const BESIDE_PX = [14, 14] as const;
/** More names than these would hide each other. */
const LABELLED = 6;
/** What an open drawer covers of the map. */
const DRAWER_PX = 304;
/** By how much more may lie on the map before it is worth another view. */
const COVERED_STEP_PX = 80;
/** How far from a symbol a finger still means it. */
const REACH_PX = 18;

interface PaneProps {
  readonly acts: Acts;
  readonly selection: Selection;
  readonly cover: Cover;
  /** Px of the lower edge that the cover lies on. */
  readonly covered: number;
}

export function MapPane({ acts, selection, cover, covered }: PaneProps) {
  const { map, failed } = useBasemap();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const { state, change } = useDesk();
  return (
    <section className={css["pane"]} style={{ "--covered": `${covered}px` } as CSSProperties} data-group="map" aria-label={t("desk.map")}>
      <div ref={frame} className={css["frame"]} data-focus="" tabIndex={0}>
        {map && size.width > 0 && <Ground key={selection.incident?.id ?? "city"} basemap={map} size={size} selection={selection} cover={cover} covered={covered} />}
        {failed && <p className={css["missing"]}>{t("app.map_missing")}</p>}
      </div>
      <div className={css["tools"]}>
        {state.drawing === null ? (
          <button type="button" className={css["tool"]} onClick={() => change({ drawing: [] })}>{t("desk.map_draw")}</button>
        ) : (
          <button type="button" className={css["tool"]} disabled={state.drawing.length < 3} onClick={() => void acts.closeRing(null, state.drawing ?? [])}>
            {t("desk.map_drawing")}
          </button>
        )}
        <button type="button" className={css["tool"]} disabled={!withinLimit(cover.coverage)} onClick={() => change({ trial: NO_TRIAL, drawer: null })}>
          {t("desk.try")} <kbd className={css["cap"]}>T</kbd>
        </button>
        <Closures acts={acts} />
      </div>
    </section>
  );
}

function Closures({ acts }: { acts: Acts }) {
  const closures = usePicture((p) => all(p, "closure"));
  const open = [...closures.values()].filter((closure) => !closure.lifted);
  if (open.length === 0) return null;
  return (
    <details className={css["closures"]}>
      <summary><T>{t("desk.closures", { n: open.length })}</T></summary>
      <ul className={css["closureList"]}>
        {open.map((closure) => (
          <li key={closure.id}>
            <span className={css["closureName"]}>{closure.name}</span>
            <button type="button" className={css["lift"]} onClick={() => void acts.openRoads(closure.id)}>{t("desk.closure_lift")}</button>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface StationLabel {
  readonly id: string;
  readonly at: LonLat;
  readonly text: string;
  /** The unit of it that arrives last. */
  readonly unit_id: string;
}

/** Stations of the displayed picks with their count and last arrival: `3 车 6:05`. */
function stationLabels({ incident, advice }: Selection, units: ReadonlyMap<string, Unit>, stations: ReadonlyMap<string, Station>, moved: ReadonlyMap<string, MoveUpOrder>): readonly StationLabel[] {
  if (!incident || !advice || !canSend(incident)) return [];
  const groups = new Map<string, Going[]>();
  for (const pick of [...advice.picks].sort((a, b) => b.eta_s - a.eta_s)) {
    const order = moved.get(pick.unit_id);
    const id = (order ? stationOfMoveUp(order) : units.get(pick.unit_id)?.station_id) ?? "";
    groups.set(id, [...(groups.get(id) ?? []), pick]);
  }
  const first = [...groups].sort(([, a], [, b]) => soonest(a) - soonest(b)).slice(0, LABELLED);
  return first.flatMap(([id, going]) => {
    const station = stations.get(id);
    const [last] = going;
    if (!station || !last) return [];
    return [{ id, at: station.at, text: `${shortStation(station)} ${t("desk.n_units", { n: going.length })} ${durationText(last.eta_s)}`, unit_id: last.unit_id }];
  });
}

/** A move from station to station, named where it begins. */
interface WayLabel extends StationLabel {
  readonly path: readonly LonLat[];
  /** Of one that is ordered; a proposed one has the style's. */
  readonly colour?: string;
}

/** What a move-up that is ordered still has to go, named where the unit is. */
function movedLabels(moved: readonly MoveUpOrder[], units: ReadonlyMap<string, Unit>, stations: ReadonlyMap<string, Station>, positions: ReadonlyMap<string, Position>): readonly WayLabel[] {
  return moved.flatMap((order) => {
    const path = movedWay(order, positions.get(order.unit_id), stations);
    if (!path) return [];
    const bound = stations.get(boundFor(order));
    const text = t("desk.moved.label", { unit: nameOf(units.get(order.unit_id), order.unit_id), to: shortStation(bound) });
    return [{ id: `moved:${order.unit_id}`, at: path[0], text, unit_id: order.unit_id, path, colour: ORDERED_WAY }];
  });
}

function moveLabels(moves: readonly StationMove[], tried: boolean, units: ReadonlyMap<string, Unit>, stations: ReadonlyMap<string, Station>): readonly WayLabel[] {
  return moves.flatMap(({ unit_id, from_station_id, to_station_id }) => {
    const [from, to] = [stations.get(from_station_id), stations.get(to_station_id)];
    if (!from || !to) return [];
    const text = t(tried ? "desk.try.label" : "desk.moves.label", { unit: nameOf(units.get(unit_id), unit_id), to: shortStation(to) });
    return [{ id: `move:${unit_id}`, at: from.at, text, unit_id, path: [from.at, to.at] }];
  });
}

/** Labels that can be read: one that would touch the incident's flag or an earlier label is left out. */
function uncrowded(labels: readonly StationLabel[], incident: LonLat | undefined, view: View, size: Size): readonly StationLabel[] {
  const taken = incident ? [boxAt(project(incident, view, size), FLAG_PX)] : [];
  return labels.filter((label) => {
    const box = boxAt(project(label.at, view, size), textWidth(label.text, 0.68) * LABEL_PX + 10);
    const free = !taken.some((other) => touches(box, other));
    if (free) taken.push(box);
    return free;
  });
}

const LABEL_PX = 14;
/** Width of the incident's flag with its kind. */
const FLAG_PX = 150;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

const boxAt = ([x, y]: readonly [number, number], width: number): Box => ({ left: x, right: x + width, y });
const touches = (a: Box, b: Box): boolean => Math.abs(a.y - b.y) < 22 && a.left < b.right && b.left < a.right;

const soonest = (going: readonly Going[]): number => Math.min(...going.map((pick) => pick.eta_s));

function useMarks(selection: Selection, positions: ReadonlyMap<string, Position>): readonly Mark[] {
  const units = usePicture((p) => all(p, "unit"));
  const stations = usePicture((p) => all(p, "station"));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")));
  const { incident } = selection;
  return useMemo(
    () => [...stationMarks(stations, units), ...movedMarks(moved, units, positions, stations), ...movers(units, byUnit, positions, incident)],
    [units, stations, byUnit, moved, positions, incident],
  );
}

function stationMarks(stations: ReadonlyMap<string, Station>, units: ReadonlyMap<string, Unit>): readonly Mark[] {
  const used = new Set([...units.values()].map((unit) => unit.station_id));
  return [...stations.values()]
    .filter((station) => used.has(station.id) && ["special", "first", "second"].includes(station.station_class))
    .map((station) => ({ id: `station:${station.id}`, at: station.at, size: 20, icon: { shape: "station", glyph: "", status: "available" } }));
}

function movers(units: ReadonlyMap<string, Unit>, byUnit: ReadonlyMap<string, Assignment>, positions: ReadonlyMap<string, Position>, incident: Incident | undefined): readonly Mark[] {
  return [...byUnit].flatMap(([unitId, assignment]) => {
    const unit = units.get(unitId);
    if (!unit || assignment.status === "dispatched" || assignment.status === "acknowledged") return [];
    const mine = assignment.incident_id === incident?.id;
    const icon = { shape: unit.family, glyph: mine ? t(`glyph.${unit.unit_class}` as Key) : "", status: unitStatus(unit, assignment) };
    return [{ id: unitId, at: positions.get(unitId)?.at ?? unit.at, size: mine ? 30 : 14, icon }];
  });
}

/** Units under a move-up that are not in their own station. */
function movedMarks(moved: ReadonlyMap<string, MoveUpOrder>, units: ReadonlyMap<string, Unit>, positions: ReadonlyMap<string, Position>, stations: ReadonlyMap<string, Station>): readonly Mark[] {
  return [...moved].flatMap(([unitId, order]) => {
    const unit = units.get(unitId);
    const at = movedPlace(order, positions.get(unitId), stations);
    if (!unit || !at || order.status === "ordered") return [];
    const icon = { shape: unit.family, glyph: t(`glyph.${unit.unit_class}` as Key), status: "available" as const };
    return [{ id: unitId, at, size: 24, icon, ...(order.status === "arrived" ? { shift: BESIDE_PX } : {}) }];
  });
}

interface GroundProps extends Omit<PaneProps, "acts"> {
  readonly basemap: Basemap;
  readonly size: Size;
}

function Ground({ basemap, size, selection, cover, covered }: GroundProps) {
  const { state, change } = useDesk();
  const { incident, assignments } = selection;
  const units = usePicture((p) => all(p, "unit"));
  const stations = usePicture((p) => all(p, "station"));
  const positions = usePositions(2000);
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")));
  const labels = useMemo(() => stationLabels(selection, units, stations, moved), [selection, units, stations, moved]);
  const { moves, tried } = useShownMoves(cover);
  const driven = cover.moved.map((order) => positions.get(order.unit_id)?.at.map((degree) => degree.toFixed(3)).join()).join(" ");
  const ways = useMemo(
    () => [...moveLabels(moves, tried, units, stations), ...movedLabels(cover.moved, units, stations, positions)],
    // Every change of the lines repaints the city: who has not moved 100 m has not moved.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [moves, tried, cover.moved, units, stations, driven],
  );
  const marks = useMarks(selection, positions);
  const drawn = useDrawn(selection, labels, cover.areas, ways);
  const points = [...pointsOf(selection, labels, positions, state.draft.place?.at), ...(tried ? ways.filter((way) => way.colour === undefined).flatMap((way) => way.path) : [])];
  const { view, look } = useView(basemap, size, points, state.drawer ? DRAWER_PX : covered);
  const mark = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const unit = state.drawing === null ? unitAt(x, y, marks, view, size) : undefined;
    if (state.drawing !== null) change({ drawing: [...state.drawing, placeUnder(x, y, view, size)] });
    else if (unit !== undefined && units.has(unit)) change({ drawer: unit });
  };
  const incidents = usePicture((p) => all(p, "incident"));
  const out = assignments.filter(isActive).length;
  return (
    <div className={`${css["ground"]} ${state.drawing ? css["drawing"] : ""}`} onClick={mark}>
      <CityMap basemap={basemap} view={view} marks={marks} drawn={drawn} interactive largest={32} onView={look} onReady={tellReady} label={t("desk.map_label", { incidents: incidents.size, units: out })}>
        {uncrowded([...labels, ...ways], incident?.at, view, size).map((label) => (
          <At key={label.id} at={label.at} dx={14} dy={-12}><button type="button" tabIndex={-1} className={css["label"]} onClick={() => change({ drawer: label.unit_id })}><T>{label.text}</T></button></At>
        ))}
        {incident && (
          <At at={incident.at}>
            <span className={css["flag"]}><span className={css["pin"]} /><AlarmSquare level={incident.alarm_level} /> <T>{t(`kind.${incident.kind}`)}</T></span>
          </At>
        )}
        {!incident && state.draft.place && <At at={state.draft.place.at}><span className={css["flag"]}><span className={css["pin"]} /></span></At>}
        {state.drawing?.map((corner, i) => <At key={i} at={corner}><span className={css["corner"]} /></At>)}
      </CityMap>
    </div>
  );
}

/** Routes of who is on the way, links to who would go, closures, and the ring being drawn. */
function useDrawn({ incident, assignments }: Selection, labels: readonly StationLabel[], beyond: GeoJSON.FeatureCollection, ways: readonly WayLabel[]): Drawn {
  const { state } = useDesk();
  const minute = useNow(60_000) ?? 0;
  const closures = useClosureAreas(usePicture((p) => all(p, "closure")), minute);
  const coming = useMemo(() => assignments.filter(isComing).slice(0, 30), [assignments]);
  const routes = useRoutes(coming);
  const moves = useMemo(() => lines(ways.map(({ path, colour }) => ({ points: path, ...(colour ? { colour } : {}) }))), [ways]);
  return useMemo(() => {
    const links = incident ? labels.map(({ at }) => ({ points: [at, incident.at], colour: "#4e86b8" })) : [];
    const ring = state.drawing && state.drawing.length > 1 ? [{ points: [...state.drawing, ...state.drawing.slice(0, 1)], colour: "#ff8d9a" }] : [];
    return { beyond, moves, closures, routes: lines([...routes.values(), ...links, ...ring]) };
  }, [incident, labels, beyond, moves, closures, routes, state.drawing]);
}

function pointsOf({ incident, assignments }: Selection, labels: readonly StationLabel[], positions: ReadonlyMap<string, Position>, draft: LonLat | undefined): readonly LonLat[] {
  const coming = assignments.filter(isComing).flatMap((a) => {
    const at = positions.get(a.unit_id)?.at;
    return at ? [at] : [];
  });
  return [...(incident ? [incident.at] : draft ? [draft] : []), ...labels.map((label) => label.at), ...coming];
}

/** The view: fitted to what matters when that changes, a person's own after a person has moved it. */
function useView(basemap: Basemap, size: Size, points: readonly LonLat[], covered: number) {
  const [west, south, east, north] = basemap.box;
  const frame: Frame = { ...size, top: 46, right: 190, bottom: 46, left: 40, covered };
  const box = boxOf(points) ?? { west, south, east, north };
  const key = `${points.length} ${Math.round(covered / COVERED_STEP_PX)}`;
  const [held, setHeld] = useState<{ key: string; view: View }>({ key: "", view: fit(box, frame, CLOSEST) });
  const view = held.key === key ? held.view : fit(box, frame, CLOSEST);
  if (held.key !== key) setHeld({ key, view });
  const look = (next: View) => setHeld((was) => (same(was.view, next) ? was : { ...was, view: next }));
  return { view, look };
}

const same = (a: View, b: View): boolean =>
  Math.abs(a.zoom - b.zoom) < 1e-6 && Math.abs(a.centre[0] - b.centre[0]) < 1e-7 && Math.abs(a.centre[1] - b.centre[1]) < 1e-7;

/** The symbol under a point of the map, the nearest of those within reach. */
function unitAt(x: number, y: number, marks: readonly Mark[], view: View, size: Size): string | undefined {
  const near = marks
    .map((mark) => ({ id: mark.id, px: distance(project(mark.at, view, size), [x, y]) }))
    .filter(({ id, px }) => px <= REACH_PX && !id.startsWith("station:"));
  return near.sort((a, b) => a.px - b.px)[0]?.id;
}

const distance = ([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): number => Math.hypot(ax - bx, ay - by);

function tellReady(): void {
  document.documentElement.dataset["ready"] = "map";
}
