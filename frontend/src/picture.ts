// The common operating picture as a pure fold over envelopes, and the first questions asked of it.
import type {
  AidRequest,
  Assignment,
  AssignmentStatus,
  Closure,
  Control,
  Coverage,
  DispatchPolicy,
  Envelope,
  ForceTable,
  Incident,
  IncidentEntry,
  Item,
  MoveUpOrder,
  Organisation,
  Recommendation,
  Report,
  ResponseCard,
  Station,
  Stock,
  Stockpile,
  SupplyOrder,
  Team,
  Unit,
} from "./contracts";

/** Kinds of thing that travel as events; unknown kinds of a newer server are kept and never looked at. */
export interface Kinds {
  incident: Incident;
  report: Report;
  entry: IncidentEntry;
  assignment: Assignment;
  supply_order: SupplyOrder;
  recommendation: Recommendation;
  closure: Closure;
  control: Control;
  aid_request: AidRequest;
  move_up_order: MoveUpOrder;
  organisation: Organisation;
  station: Station;
  team: Team;
  unit: Unit;
  item: Item;
  stockpile: Stockpile;
  stock: Stock;
  response_card: ResponseCard;
  force_table: ForceTable;
  coverage: Coverage;
  policy: DispatchPolicy;
}
export type Kind = keyof Kinds;

interface Shelf {
  readonly versions: ReadonlyMap<string, number>;
  readonly values: ReadonlyMap<string, unknown>;
}
export type Picture = ReadonlyMap<string, Shelf>;

export const EMPTY_PICTURE: Picture = new Map();
const EMPTY_SHELF: Shelf = { versions: new Map(), values: new Map() };

/** The picture after one envelope. Idempotent, and indifferent to order: the highest version of a thing wins. */
export function apply(picture: Picture, envelope: Envelope): Picture {
  return applyAll(picture, [envelope]);
}

/** The picture after many envelopes; shelves of kinds that nothing touched stay the same objects. */
export function applyAll(picture: Picture, envelopes: readonly Envelope[]): Picture {
  const touched = new Map<string, { versions: Map<string, number>; values: Map<string, unknown> }>();
  for (const { kind, id, version, value } of envelopes) {
    const before = touched.get(kind) ?? picture.get(kind) ?? EMPTY_SHELF;
    if ((before.versions.get(id) ?? 0) >= version) continue;
    const shelf = touched.get(kind) ?? { versions: new Map(before.versions), values: new Map(before.values) };
    shelf.versions.set(id, version);
    shelf.values.set(id, value);
    touched.set(kind, shelf);
  }
  return touched.size === 0 ? picture : new Map([...picture, ...touched]);
}

/** Everything of a kind, by id. The same map object comes back until something of that kind changes. */
export function all<K extends Kind>(picture: Picture, kind: K): ReadonlyMap<string, Kinds[K]> {
  return (picture.get(kind) ?? EMPTY_SHELF).values as ReadonlyMap<string, Kinds[K]>;
}

/** One thing, or undefined where the picture does not hold it. */
export function get<K extends Kind>(picture: Picture, kind: K, id: string): Kinds[K] | undefined {
  return all(picture, kind).get(id);
}

/** Remembers the last answer of a question about one shelf, so that equal pictures give the same object. */
function remembered<V, R>(ask: (values: ReadonlyMap<string, V>) => R): (values: ReadonlyMap<string, V>) => R {
  const answers = new WeakMap<object, { readonly answer: R }>();
  return (values) => {
    const known = answers.get(values);
    if (known) return known.answer;
    const answer = ask(values);
    answers.set(values, { answer });
    return answer;
  };
}

const ENDED: ReadonlySet<AssignmentStatus> = new Set(["cleared", "canceled"]);
const ARRIVED: ReadonlySet<AssignmentStatus> = new Set(["on_scene", "operating", "rehab", "resupply"]);
const SENT: ReadonlySet<AssignmentStatus> = new Set(["dispatched", "acknowledged", "enroute", "staged"]);

/** Whether a unit is at the incident and counts as arrived. */
export const hasArrived = (assignment: Assignment): boolean => ARRIVED.has(assignment.status);
/** Whether a unit is on its way or ordered to go. */
export const isComing = (assignment: Assignment): boolean => SENT.has(assignment.status);
/** Whether a unit is bound to the incident (dispatched up to resupply). */
export const isActive = (assignment: Assignment): boolean => hasArrived(assignment) || isComing(assignment);

/** 出动单元状态, derived and never stored. */
export type UnitStatus = "available" | "alerted" | "enroute" | "staged" | "on_scene" | "returning" | "out_of_service";

/** The one assignment that says what a unit is doing: an active one, else one on its way home. */
export const assignmentByUnit = remembered((assignments: ReadonlyMap<string, Assignment>) => {
  const chosen = new Map<string, Assignment>();
  for (const assignment of assignments.values()) {
    if (ENDED.has(assignment.status)) continue;
    const other = chosen.get(assignment.unit_id);
    if (!other || rank(assignment) > rank(other)) chosen.set(assignment.unit_id, assignment);
  }
  return chosen;
});

/** The move-up of each unit that is under one; such a unit is free all the same. */
export const moveUpByUnit = remembered((orders: ReadonlyMap<string, MoveUpOrder>): ReadonlyMap<string, MoveUpOrder> =>
  new Map([...orders.values()].filter((order) => order.status !== "ended").map((order) => [order.unit_id, order])),
);

/** The station at which a unit under a move-up stands, null on the road between the two. */
export function stationOfMoveUp(order: MoveUpOrder): string | null {
  if (order.under_way_at === null) return order.from_station_id;
  return order.arrived_at !== null && order.recalled_at === null ? order.to_station_id : null;
}

/** The station to which a move-up has its unit go or stand: its own after a recall. */
export const boundFor = (order: MoveUpOrder): string => (order.recalled_at === null ? order.to_station_id : order.from_station_id);

/** Since when a move-up is in the state that it is in. */
export const moveUpSince = (order: MoveUpOrder): string => order.recalled_at ?? order.arrived_at ?? order.under_way_at ?? order.ordered_at;

function rank(assignment: Assignment): string {
  return (isActive(assignment) ? "1" : "0") + assignment.dispatched_at;
}

/** Active and returning assignments by incident. */
export const assignmentsByIncident = remembered((assignments: ReadonlyMap<string, Assignment>) => {
  const grouped = new Map<string, Assignment[]>();
  for (const assignment of assignments.values()) {
    if (ENDED.has(assignment.status)) continue;
    const group = grouped.get(assignment.incident_id);
    if (group) group.push(assignment);
    else grouped.set(assignment.incident_id, [assignment]);
  }
  return grouped;
});

/** Status of a unit: out of service first, then its assignment, else available. */
export function unitStatus(unit: Unit, assignment: Assignment | undefined): UnitStatus {
  if (!unit.in_service && !(assignment && isActive(assignment))) return "out_of_service";
  if (!assignment) return "available";
  if (hasArrived(assignment)) return "on_scene";
  if (assignment.status === "enroute") return "enroute";
  if (assignment.status === "staged") return "staged";
  return assignment.status === "returning" ? "returning" : "alerted";
}

const OPEN: ReadonlySet<string> = new Set(["reported", "dispatched", "on_scene", "controlled", "resolved"]);

/** Whether an incident still needs somebody's attention. */
export const isOpen = (incident: Incident): boolean => OPEN.has(incident.status);

/** Open incidents, the worst first: alarm level, then people at risk, then the longest waiting. */
export const rankedIncidents = remembered((incidents: ReadonlyMap<string, Incident>): readonly Incident[] =>
  [...incidents.values()].filter(isOpen).sort(
    (a, b) =>
      b.alarm_level - a.alarm_level ||
      b.casualties + b.trapped - (a.casualties + a.trapped) ||
      Date.parse(a.reported_at) - Date.parse(b.reported_at),
  ),
);
