// What the desk says about the city's cover: the figure and its age, zones out of reach, moves and turns. Pure.
import type {
  Assignment, Coverage, CoverageZones, ForceTable, Incident, MoveUpOrder, Reached, Station, StationMove, TurnAdvice, TurnEffect, TurnProposal, Unit, Within,
} from "../contracts";
import { unitStatus } from "../picture";
import { canSend } from "./selection";
import type { Ask, DeskState } from "./state";
import type { Cover } from "./useCover";

/** Seconds from the order within which a zone counts as covered on the desk's map. */
export const LIMIT_S = 480;

/** The share within the limit of the desk; undefined while there is no figure. */
export const withinLimit = (coverage: Coverage | undefined): Within | undefined => coverage?.within.find((each) => each.limit_s === LIMIT_S);

/** A zone that no free first engine reaches in time; `lost` where one would if every engine were at home. */
export interface Beyond {
  readonly box: readonly [number, number, number, number];
  readonly lost: boolean;
}

/** The zones beyond the limit; null while the figure or the zones that it speaks of are not known. */
export function beyond(coverage: Coverage | undefined, zones: CoverageZones | null): readonly Beyond[] | null {
  if (!coverage || !zones || zones.zones_version !== coverage.zones_version || zones.zones.length !== coverage.states.length) return null;
  const last = coverage.within.findIndex((each) => each.limit_s === LIMIT_S);
  if (last < 0) return null;
  const isLate = (digits: string, zone: number) => Number(digits[zone]) > last;
  return zones.zones.flatMap(({ box }, i) => (isLate(coverage.states, i) ? [{ box, lost: !isLate(coverage.states_at_home, i) }] : []));
}

/**
 * How far the figure is to be trusted: `at` is since when it holds, or for an old one when it was last known to hold.
 * `why` holds codes of what stands against it, or of why there is none.
 */
export interface Standing {
  readonly state: "unknown" | "old" | "now";
  readonly at: number | string | null;
  readonly why: readonly string[];
}

/** What is known of the live connection; `picture_at` is the realm time of the last beat in ms. */
export interface Link {
  readonly freshness: string;
  readonly degraded: readonly string[];
  readonly picture_at: number | null;
}

/** A figure is published when it changes, so it holds as long as the link lives and dispatch answers. */
export function standing(coverage: Coverage | undefined, link: Link): Standing {
  const why = coverage?.degraded ?? [];
  if (!coverage || !withinLimit(coverage)) return { state: "unknown", at: null, why };
  if (link.freshness === "stale") return { state: "old", at: link.picture_at ?? coverage.at, why };
  return { state: link.degraded.includes("dispatch_away") ? "old" : "now", at: coverage.at, why };
}

/** The key under which move-ups are asked for: every figure below what it would be with all at home, and who is moved already. */
export function movesKey(coverage: Coverage | undefined, moved: readonly MoveUpOrder[]): string | null {
  if (!coverage?.within.some((each) => each.share < each.at_home)) return null;
  return [`${coverage.id}@${coverage.version}`, ...moved.map(({ id, version }) => `${id}@${version}`)].join(" ");
}

/** How much a share gains, in tenths of a per cent as they are shown: equal figures never show a gain. */
export function gainTenths(before: readonly Reached[], after: Reached): number {
  const was = before.find((each) => each.limit_s === after.limit_s)?.share ?? after.share;
  return Math.round(after.share * 1000) - Math.round(was * 1000);
}

/** Tenths with their sign: `+1.6`, `−0.3`, `±0.0`. */
export const signed = (tenths: number): string => `${tenths > 0 ? "+" : tenths < 0 ? "−" : "±"}${(Math.abs(tenths) / 10).toFixed(1)}`;

/** A share in per cent with one decimal. */
export const percentText = (share: number): string => (Math.round(share * 1000) / 10).toFixed(1);

/** Whether a unit was sent and is not there: it turns before it has left as well as on the road, as dispatch counts it. */
const mayTurn = ({ status }: Assignment): boolean => status === "dispatched" || status === "acknowledged" || status === "enroute";

/**
 * The key under which turns are asked for: the incidents that still need somebody, at their versions, and which of them
 * have units that were sent and are not there. Null while nobody could turn.
 */
export function turnsKey(incidents: Iterable<Incident>, byIncident: ReadonlyMap<string, readonly Assignment[]>): string | null {
  const needing = [...incidents].filter(canSend);
  const moving = new Set(needing.filter(({ id }) => byIncident.get(id)?.some(mayTurn)).map(({ id }) => id));
  if (needing.length < 2 || moving.size === 0) return null;
  return needing.map(({ id, version }) => `${id}@${version}${moving.has(id) ? "*" : ""}`).sort().join(" ");
}

/** A turn that can still be ordered, with the assignment that would be diverted. */
export interface OpenTurn {
  readonly turn: TurnAdvice;
  readonly assignment: Assignment;
}

/** The turns of a proposal that still hold: the unit is still to arrive where it was sent, and the other incident needs it. */
export function openTurns(
  proposal: TurnProposal | null,
  byUnit: ReadonlyMap<string, Assignment>,
  incidents: ReadonlyMap<string, Incident>,
): readonly OpenTurn[] {
  return (proposal?.turns ?? []).flatMap((turn) => {
    const assignment = byUnit.get(turn.unit_id);
    const holds = assignment?.incident_id === turn.from_incident_id && mayTurn(assignment) && canSend(incidents.get(turn.to_incident_id));
    return holds ? [{ turn, assignment }] : [];
  });
}

/** The question for the reason of a turn. */
export const questionOf = ({ turn, assignment }: OpenTurn): Ask => ({ kind: "divert", assignment, into: turn.to_incident_id });

/** The effects that change something. */
export const realEffects = (proposal: TurnProposal | null): readonly TurnEffect[] =>
  (proposal?.effects ?? []).filter((each) => each.complete_s !== each.turned_complete_s || each.unmet !== each.turned_unmet);

/** A move that can be ordered now, with the rules that it breaks. */
export interface Orderable {
  readonly unit_id: string;
  readonly to_station_id: string;
  readonly breaks: readonly string[];
}

/** Rules that no reason overrides. */
const NEVER: ReadonlySet<string> = new Set(["same_place"]);

/** The move that the key orders: the one that is tried, else the first that is proposed and not ordered yet. */
export function orderable({ trial }: Pick<DeskState, "trial">, { moves, moved }: Pick<Cover, "moves" | "moved">): Orderable | null {
  if (trial) {
    const tried = trial.answer;
    return tried && !tried.breaks.some((code) => NEVER.has(code)) ? { ...tried.move, breaks: tried.breaks } : null;
  }
  const [first] = unordered(moves?.answer?.proposal.moves ?? [], moved);
  return first ? { ...first, breaks: [] } : null;
}

/** Proposed moves of units that are not moved already. */
export const unordered = (proposed: readonly StationMove[], moved: readonly MoveUpOrder[]): readonly StationMove[] =>
  proposed.filter((move) => !moved.some((order) => order.unit_id === move.unit_id));

/** Move-ups that are not over, the oldest first. */
export const activeMoves = (orders: Iterable<MoveUpOrder>): readonly MoveUpOrder[] =>
  [...orders].filter((order) => order.status !== "ended").sort((a, b) => a.ordered_at.localeCompare(b.ordered_at) || a.id.localeCompare(b.id));

/** The move-up that the key calls back: the oldest that was not called back yet. */
export const recallable = (moved: readonly MoveUpOrder[]): MoveUpOrder | undefined => moved.find((order) => order.status !== "returning");


/** Something that can be picked by name. `also` holds other names it is found by. */
export interface Option {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly also: string;
}

/** Options whose name begins with the text, then those that hold it anywhere; all of them for no text. */
export function matching(options: readonly Option[], text: string): readonly Option[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ name, also }: Option): number => {
    if (name.toLowerCase().startsWith(wanted)) return 0;
    return name.toLowerCase().includes(wanted) || also.toLowerCase().includes(wanted) ? 1 : 2;
  };
  return options.filter((each) => rank(each) < 2).sort((a, b) => rank(a) - rank(b));
}

/** What the force table calls a first engine by its capabilities, as dispatch counts them (`rules/coverage.py`). */
export const firstEngine = (tables: Iterable<ForceTable>): readonly string[] =>
  [...tables][0]?.formation_keys.find(({ key }) => key === "WATER_TENDER")?.capabilities ?? ["WATER_STREAM"];

/** Units at hand: those of the proposal first, then those that may be first engines, by name. */
export function freeUnits(
  units: Iterable<Unit>,
  byUnit: ReadonlyMap<string, Assignment>,
  proposed: readonly string[],
  capabilities: readonly string[],
  moved: ReadonlyMap<string, MoveUpOrder> = new Map(),
): readonly Unit[] {
  const rank = (unit: Unit): number => (proposed.includes(unit.id) ? 0 : capabilities.some((each) => (unit.capabilities[each] ?? 0) > 0) ? 1 : 2);
  return [...units]
    .filter((unit) => !unit.by_request && !unit.by_air && !moved.has(unit.id) && unitStatus(unit, byUnit.get(unit.id)) === "available")
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "zh"));
}

/** Stations that have first engines, the empty ones first, then by number. */
export function coveringStations(coverage: Coverage | undefined, stations: ReadonlyMap<string, Station>): readonly { readonly station: Station; readonly free: number }[] {
  return (coverage?.stations ?? [])
    .flatMap(({ station_id, free }) => {
      const station = stations.get(station_id);
      return station ? [{ station, free }] : [];
    })
    .sort((a, b) => Number(a.free > 0) - Number(b.free > 0) || (a.station.number ?? 999) - (b.station.number ?? 999) || a.station.id.localeCompare(b.station.id));
}
