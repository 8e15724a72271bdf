// The city's cover as the desk follows it: the live figure, its zones, and the proposals that rest on it.
import { useMemo } from "react";
import type { Refusal } from "../api";
import type { Coverage, MoveUpOrder, MoveUps, StationMove, TurnEffect } from "../contracts";
import { boxes } from "../map/drawn";
import { all, assignmentByUnit, assignmentsByIncident, get } from "../picture";
import { usePicture } from "../store";
import * as ask from "./answers";
import { activeMoves, beyond, movesKey, openTurns, realEffects, turnsKey, unordered, type OpenTurn } from "./cover";
import { useFollowed, type Followed } from "./followed";
import { useDesk } from "./state";

const CITY = "city";
/** How long a burst of changes may last before a proposal is asked for. */
const MOVES_SETTLE_MS = 200;
const TURNS_SETTLE_MS = 800;

export interface Cover {
  readonly coverage: Coverage | undefined;
  /** Zones beyond the limit, as areas; empty while they are not known. */
  readonly areas: GeoJSON.FeatureCollection;
  /** How many zones are out of reach, and how many of them only now; null while that is not known. */
  readonly late: { readonly all: number; readonly lost: number } | null;
  /** Null while nothing is missing from the cover, so that nobody need move. */
  readonly moves: Followed<MoveUps> | null;
  /** Move-ups that are not over. */
  readonly moved: readonly MoveUpOrder[];
  readonly turns: readonly OpenTurn[];
  readonly effects: readonly TurnEffect[];
  /** Why turns are not known. */
  readonly turnsRefused: Refusal | null;
}

export function useCover(): Cover {
  const coverage = usePicture((p) => get(p, "coverage", CITY));
  const zones = useFollowed(coverage?.zones_version || null, ask.coverageZones).answer;
  const orders = usePicture((p) => all(p, "move_up_order"));
  const moved = useMemo(() => activeMoves(orders.values()), [orders]);
  const key = movesKey(coverage, moved);
  const moves = useFollowed(key, ask.moveUps, MOVES_SETTLE_MS);
  const { turns, effects, turnsRefused } = useTurns();
  const late = useMemo(() => beyond(coverage, zones), [coverage, zones]);
  const areas = useMemo(() => boxes(late ?? []), [late]);
  return useMemo(
    () => ({
      coverage,
      areas,
      late: late && { all: late.length, lost: late.filter((zone) => zone.lost).length },
      moves: key === null ? null : moves,
      moved,
      turns,
      effects,
      turnsRefused,
    }),
    [coverage, areas, late, key, moves, moved, turns, effects, turnsRefused],
  );
}

/** Turns are dear to solve, and one that passes the guard costs the solver its roads: after a refusal they are not asked again. */
function useTurns(): Pick<Cover, "turns" | "effects" | "turnsRefused"> {
  const incidents = usePicture((p) => all(p, "incident"));
  const byIncident = usePicture((p) => assignmentsByIncident(all(p, "assignment")));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const key = useMemo(() => turnsKey(incidents.values(), byIncident), [incidents, byIncident]);
  const { answer, refused } = useFollowed(key, ask.turns, TURNS_SETTLE_MS, false);
  const turns = useMemo(() => openTurns(answer, byUnit, incidents), [answer, byUnit, incidents]);
  return useMemo(() => ({ turns, effects: realEffects(answer), turnsRefused: refused }), [turns, answer, refused]);
}

/** The moves that the map draws: the one that is tried, else those that are proposed. */
export function useShownMoves(cover: Cover): { readonly moves: readonly StationMove[]; readonly tried: boolean } {
  const { state } = useDesk();
  const tried = state.trial?.answer?.move;
  const proposed = cover.moves?.answer?.proposal.moves;
  const { moved } = cover;
  return useMemo(() => ({ moves: tried ? [tried] : unordered(proposed ?? [], moved), tried: tried !== undefined }), [tried, proposed, moved]);
}
