// What a move-up means to a crew: its next step, and the order that was called back. Pure.
import type { MoveUpOrder, MoveUpStatus } from "../contracts";
import { ms } from "../times";
import type { Key } from "../words";

/** The one step that the large button offers, with its word. */
export const NEXT_MOVE: Readonly<Partial<Record<MoveUpStatus, { readonly to: MoveUpStatus; readonly verb: Key }>>> = {
  ordered: { to: "under_way", verb: "crew.move.leave" },
  under_way: { to: "arrived", verb: "crew.move.arrive" },
  returning: { to: "ended", verb: "crew.back" },
};

const NOTED_WITHIN_MS = 900_000;

/** A move-up that was called back in the last quarter of an hour and that the crew has not noted yet. */
export function calledBack(orders: Iterable<MoveUpOrder>, unitId: string, now: number, noted: ReadonlySet<string>): MoveUpOrder | undefined {
  return [...orders]
    .filter((order) => order.unit_id === unitId && !noted.has(order.id) && order.end !== "dispatched" && order.end !== "home")
    .filter(({ recalled_at }) => recalled_at !== null && now - ms(recalled_at) < NOTED_WITHIN_MS)
    .sort((a, b) => ms(b.recalled_at ?? 0) - ms(a.recalled_at ?? 0))[0];
}

/** Move-ups that a station should know of: its own that go, and those that come; what rings first. */
export function stationMoves(orders: Iterable<MoveUpOrder>, stationId: string): readonly MoveUpOrder[] {
  const rank = (order: MoveUpOrder): number => (rings(order, stationId) ? 0 : 1);
  return [...orders]
    .filter((order) => order.status !== "ended" && (order.from_station_id === stationId || order.to_station_id === stationId))
    .sort((a, b) => rank(a) - rank(b) || ms(b.ordered_at) - ms(a.ordered_at));
}

/** Whether the bell of a station rings for a move-up: one of its own units is to go. */
export const rings = (order: MoveUpOrder, stationId: string): boolean => order.status === "ordered" && order.from_station_id === stationId;
