// Which symbols stand on the wall's maps, and which points the camera must show. Pure.
import type { Assignment, Incident, Position, Station, StationClass, Unit } from "../contracts";
import type { LonLat } from "../geo";
import type { Mark } from "../map/overlay";
import type { Shape } from "../parts/glyph";
import { hasArrived, isComing, unitStatus, type UnitStatus } from "../picture";

/** Sizes in rem: a unit with its sign, a fire station, any other base. */
const UNIT = 4.4;
const STATION = 3.1;
const BASE = 2;

const SHAPE_OF: Readonly<Record<StationClass, Shape>> = {
  special: "station", first: "station", second: "station", team_base: "team", medical: "medical", police: "police", enterprise: "fire", xpcc: "fire",
};

export interface MarkInput {
  readonly units: ReadonlyMap<string, Unit>;
  readonly stations: ReadonlyMap<string, Station>;
  readonly byUnit: ReadonlyMap<string, Assignment>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly glyph: (key: string) => string;
  readonly rem: number;
}

/** Where a unit is: its last fix, else where the register has it. */
export const whereIs = (unit: Unit, positions: ReadonlyMap<string, Position>): LonLat => positions.get(unit.id)?.at ?? unit.at;

/** Stations by what could leave them now, then every unit that is on the move. Calm walls show the stations' sign. */
export function cityMarks(input: MarkInput, calm: boolean): readonly Mark[] {
  return [...stationMarks(input, calm), ...movingMarks(input)];
}

function stationMarks({ units, stations, byUnit, glyph, rem }: MarkInput, calm: boolean): readonly Mark[] {
  const ready = new Map<string, boolean>();
  for (const unit of units.values()) {
    const isReady = unitStatus(unit, byUnit.get(unit.id)) === "available";
    ready.set(unit.station_id, (ready.get(unit.station_id) ?? false) || isReady);
  }
  return [...stations.values()].flatMap((station) => {
    const hasUnits = ready.get(station.id);
    if (hasUnits === undefined) return [];
    const shape = SHAPE_OF[station.station_class];
    const fire = shape === "station";
    const status: UnitStatus = hasUnits ? "available" : "returning";
    const size = (fire ? (calm ? UNIT : STATION) : BASE) * rem;
    return [{ id: `station:${station.id}`, at: station.at, size, icon: { shape, glyph: calm && fire ? glyph("station") : "", status } }];
  }).sort((a, b) => a.size - b.size);
}

const ORDER: readonly UnitStatus[] = ["returning", "alerted", "staged", "enroute"];

function movingMarks({ units, byUnit, positions, glyph, rem }: MarkInput): readonly Mark[] {
  const waiting = new Map<string, number>();
  const marks = [...byUnit].flatMap(([unitId, assignment]) => {
    const unit = units.get(unitId);
    const status = unit && unitStatus(unit, assignment);
    if (!unit || !ORDER.includes(status ?? "available")) return [];
    const place = status === "alerted" ? (waiting.get(unit.station_id) ?? 0) : -1;
    if (place >= 0) waiting.set(unit.station_id, place + 1);
    return [{
      id: unit.id, at: whereIs(unit, positions), size: UNIT * rem,
      icon: { shape: unit.family, glyph: glyph(unit.unit_class), status: status ?? "available" },
      ...(place >= 0 ? { shift: besideStation(place, rem) } : {}),
    }];
  });
  return marks.sort((a, b) => ORDER.indexOf(a.icon.status) - ORDER.indexOf(b.icon.status));
}

/** Units that have not left yet stand in rows of four under their station. */
function besideStation(place: number, rem: number): readonly [number, number] {
  return [((place % 4) - 1.5) * 3.3 * rem, (3.4 + Math.floor(place / 4) * 3.3) * rem];
}

/** Rings around the scene: 8 places, then 14, then 20. */
function aroundScene(index: number, rem: number): readonly [number, number] {
  let ring = 0;
  let before = 0;
  while (index - before >= 8 + ring * 6) {
    before += 8 + ring * 6;
    ring += 1;
  }
  const angle = ((index - before) / (8 + ring * 6)) * 2 * Math.PI - Math.PI / 2;
  const radius = (4.9 + ring * 3.8) * rem;
  return [Math.cos(angle) * radius, Math.sin(angle) * radius];
}

/** The close-up of one scene: arrived units around it in order of arrival, the others where they are. */
export function sceneMarks(input: MarkInput, incident: Incident, assignments: readonly Assignment[]): readonly Mark[] {
  const { units, positions, glyph, rem } = input;
  const arrived = assignments.filter(hasArrived).toSorted((a, b) => (a.arrived_at ?? "").localeCompare(b.arrived_at ?? ""));
  const mark = (assignment: Assignment, at: LonLat | null, shift: readonly [number, number]): Mark[] => {
    const unit = units.get(assignment.unit_id);
    if (!unit) return [];
    const icon = { shape: unit.family, glyph: glyph(unit.unit_class), status: unitStatus(unit, assignment) };
    return [{ id: unit.id, at: at ?? whereIs(unit, positions), size: UNIT * rem, icon, shift }];
  };
  return [
    ...assignments.filter((a) => isComing(a) && a.status !== "dispatched").flatMap((a) => mark(a, null, [0, 0])),
    ...arrived.flatMap((a, i) => mark(a, incident.at, aroundScene(i, rem)).map((m) => ({ ...m, id: `scene:${m.id}` }))),
  ];
}

/** What the camera shows: the incidents and whoever drives to them; with none, the middle four fifths of the fire stations. */
export function cameraPoints(incidents: readonly Incident[], input: Pick<MarkInput, "units" | "stations" | "positions">, of: (id: string) => readonly Assignment[]): readonly LonLat[] {
  if (incidents.length > 0) {
    return incidents.flatMap((incident) => [
      incident.at,
      ...of(incident.id).filter(isComing).flatMap((a) => {
        const unit = input.units.get(a.unit_id);
        return unit ? [whereIs(unit, input.positions)] : [];
      }),
    ]);
  }
  const fire = [...input.stations.values()].filter((s) => SHAPE_OF[s.station_class] === "station").map((s) => s.at);
  return withoutOutliers(fire);
}

function withoutOutliers(points: readonly LonLat[]): readonly LonLat[] {
  const cut = Math.floor(points.length / 10);
  const bounds = (axis: 0 | 1) => {
    const sorted = points.map((p) => p[axis]).sort((a, b) => a - b);
    return [sorted[cut] ?? -180, sorted[sorted.length - 1 - cut] ?? 180] as const;
  };
  const [west, east] = bounds(0);
  const [south, north] = bounds(1);
  return points.filter(([lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north);
}
