// Where a unit under a move-up is on the map, and the straight line of what it still has to go. Pure.
import type { MoveUpOrder, Position, Station } from "../contracts";
import type { LonLat } from "../geo";
import { boundFor, stationOfMoveUp } from "../picture";
import { ms } from "../times";

type Stations = ReadonlyMap<string, Station>;

/** A station where it stands, else where it was last heard on this way, else where it last stood. */
export function movedPlace(order: MoveUpOrder, position: Position | undefined, stations: Stations): LonLat | undefined {
  const [home, target] = [stations.get(order.from_station_id)?.at, stations.get(order.to_station_id)?.at];
  const at = stationOfMoveUp(order);
  if (at !== null) return at === order.to_station_id ? target : home;
  if (position && ms(position.fixed_at) >= ms(order.under_way_at ?? order.ordered_at)) return position.at;
  return order.arrived_at === null ? home : target;
}

/** From where the unit is to the station that it is bound for; null once it is there. */
export function movedWay(order: MoveUpOrder, position: Position | undefined, stations: Stations): readonly [LonLat, LonLat] | null {
  const end = stations.get(boundFor(order))?.at;
  const at = movedPlace(order, position, stations);
  return order.status === "arrived" || !at || !end ? null : [at, end];
}
