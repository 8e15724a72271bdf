// The unit board: stations in the order that matters to the selected incident, with what stands and is left in each. Pure.
import type { Assignment, Incident, MoveUpOrder, Station, Unit } from "../contracts";
import { metresBetween, type LonLat } from "../geo";
import { stationOfMoveUp, unitStatus } from "../picture";
import type { Advice } from "./plan";

export interface BoardRow {
  readonly station: Station;
  /** Those that are moved up first, then those of the displayed plan. */
  readonly units: readonly Unit[];
  /** Units of ours that could still leave from there once the displayed plan has left. */
  readonly left: number;
  /** Units of others that stand ready to be asked for. */
  readonly askable: number;
}

/** Stations that send something first, then by distance from the incident (from the middle of the city without one). */
export function boardRows(
  stations: ReadonlyMap<string, Station>,
  units: Iterable<Unit>,
  byUnit: ReadonlyMap<string, Assignment>,
  incident: Incident | undefined,
  advice: Advice | undefined,
  moved: ReadonlyMap<string, MoveUpOrder> = new Map(),
  lent: ReadonlySet<string> = new Set(),
): readonly BoardRow[] {
  const planned = new Set(advice?.picks.map((pick) => pick.unit_id));
  const homes = new Map<string, Unit[]>();
  const standing = (unit: Unit): string | null => {
    const order = moved.get(unit.id);
    return order ? stationOfMoveUp(order) : unit.station_id;
  };
  for (const unit of units) {
    const at = standing(unit) ?? unit.station_id;
    const row = homes.get(at);
    if (row) row.push(unit);
    else homes.set(at, [unit]);
  }
  // A row shows only a few: those that are moved and those of the plan must be among them.
  const first = (unit: Unit): number => (moved.has(unit.id) ? 2 : planned.has(unit.id) ? 1 : 0);
  const near = nearness(incident?.at);
  return [...homes]
    .flatMap(([id, members]) => {
      const station = stations.get(id);
      if (!station) return [];
      const ready = members.filter((unit) => unitStatus(unit, byUnit.get(unit.id)) === "available" && !planned.has(unit.id) && standing(unit) !== null);
      const left = ready.filter(({ id: unitId }) => !lent.has(unitId)).length;
      const involved = members.some((unit) => planned.has(unit.id) || byUnit.get(unit.id)?.incident_id === incident?.id);
      return [{ station, units: members.sort((a, b) => first(b) - first(a) || byBay(a, b)), left, askable: ready.length - left, involved: incident !== undefined && involved }];
    })
    .sort((a, b) => Number(b.involved) - Number(a.involved) || near(a.station) - near(b.station) || a.station.id.localeCompare(b.station.id));
}

const byBay = (a: Unit, b: Unit): number => a.bay - b.bay || a.id.localeCompare(b.id);
const KINDS_FIRST = ["special", "first", "second"];

/** Fire stations stand before other bases that are not this much nearer. */
const OTHERS_LATER_M = 8000;

function nearness(at: LonLat | undefined): (station: Station) => number {
  if (at) return (station) => metresBetween(at, station.at) + (KINDS_FIRST.includes(station.station_class) ? 0 : OTHERS_LATER_M);
  return (station) => (KINDS_FIRST.includes(station.station_class) ? (station.number ?? 90) : 1000);
}
