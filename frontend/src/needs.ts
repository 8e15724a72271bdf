// What an incident needs against what has arrived, is coming, and is missing, line by line. Pure.
import type { Assignment, Incident, Item, Requirement, Stock, SupplyOrder, Unit, UnitClass } from "./contracts";
import { hasArrived, isComing } from "./picture";

/** One count line: how many units are needed, there, coming, and still missing. */
export interface LineState {
  readonly requirement: Requirement;
  readonly needed: number;
  readonly arrived: number;
  readonly coming: number;
  readonly missing: number;
}

/** Whether a unit meets a count line: one capability at the amount, and every threshold. */
export function meets(unit: Unit, requirement: Requirement): boolean {
  const able = requirement.capabilities.some((code) => (unit.capabilities[code] ?? 0) >= requirement.amount);
  return able && requirement.thresholds.every((t) => (unit.parameters[t.parameter] ?? 0) >= t.at_least);
}

/** A unit's line where it stands in for one of another kind, as orders name it. */
export const STAND_IN = ".sub";

/**
 * States of all count lines. A unit counts on the line that its order names; one ordered by hand fills the first line
 * that it meets and that is still short. Units that stand in count together, as many as it takes, for one of the line.
 * A surplus never makes `missing` negative.
 */
export function lineStates(
  incident: Incident,
  assignments: readonly Assignment[],
  units: ReadonlyMap<string, Unit>,
): readonly LineState[] {
  const lines = incident.requirements.filter((line) => line.kind === "count");
  const tally = new Map(lines.flatMap(({ key }) => [[key, { arrived: 0, coming: 0 }], [key + STAND_IN, { arrived: 0, coming: 0 }]]));
  const byHand: Assignment[] = [];
  for (const assignment of assignments) {
    if (tally.has(assignment.line)) add(tally.get(assignment.line), assignment);
    else byHand.push(assignment);
  }
  for (const assignment of byHand) {
    const unit = units.get(assignment.unit_id);
    const line = lines.find((l) => unit && meets(unit, l) && shortOf(l, counted(l, tally)) > 0);
    if (line) add(tally.get(line.key), assignment);
  }
  return lines.map((requirement) => {
    const { arrived, coming } = counted(requirement, tally);
    return { requirement, needed: requirement.quantity, arrived, coming, missing: shortOf(requirement, { arrived, coming }) };
  });
}

/** How many of a line's places units with these lines fill, those who stand in included. */
export function filledBy(line: Requirement, going: readonly { readonly line: string }[]): number {
  const own = going.filter((unit) => unit.line === line.key).length;
  const others = going.filter((unit) => unit.line === line.key + STAND_IN).length;
  return own + Math.floor(others / (line.substitute?.each ?? 1));
}

interface Tally {
  arrived: number;
  coming: number;
}

const NOBODY: Tally = { arrived: 0, coming: 0 };

/** What a line has with those who stand in: one has come when the last of them has, and no part of one counts. */
function counted(line: Requirement, tally: ReadonlyMap<string, Tally>): Tally {
  const own = tally.get(line.key) ?? NOBODY;
  const others = tally.get(line.key + STAND_IN) ?? NOBODY;
  const each = line.substitute?.each ?? 1;
  const arrived = Math.floor(others.arrived / each);
  const coming = Math.floor((others.arrived + others.coming) / each) - arrived;
  return { arrived: own.arrived + arrived, coming: own.coming + coming };
}

function add(tally: Tally | undefined, assignment: Assignment): void {
  if (!tally) return;
  if (hasArrived(assignment)) tally.arrived += 1;
  else if (isComing(assignment)) tally.coming += 1;
}

function shortOf(line: Requirement, { arrived, coming }: Tally): number {
  return Math.max(0, line.quantity - arrived - coming);
}

const CLASS_OF: Readonly<Record<string, UnitClass>> = {
  WATER_TENDER: "water", WATER_STREAM: "water", WATER_SUPPLY: "water", INTERIOR_ATTACK: "water", NARROW_ACCESS: "water",
  FOAM: "foam", FOAM_A: "foam", FOAM_B: "foam", FOAM_SUPPLY: "foam", CAFS_HIGHRISE: "foam", POWDER: "foam",
  AERIAL: "ladder", AERIAL_RESCUE: "ladder", AERIAL_STREAM: "ladder",
  HAZMAT: "hazmat", RECON: "hazmat", DECON: "hazmat", HAZMAT_ENTRY: "hazmat", HAZMAT_DETECT: "hazmat",
  LEAK_PLUG: "hazmat", VAPOUR_KNOCKDOWN: "hazmat", ENV_MONITOR: "hazmat",
  RESCUE: "rescue", EXTRICATION: "rescue", ROPE: "rescue", SAR_LIGHT: "rescue", LIFT_LIGHT: "rescue", WATER_RESCUE: "rescue",
  EMS_ALS: "medical", EMS_BLS: "medical", MEDEVAC: "medical",
  TRAFFIC_CONTROL: "police", CORDON: "police",
  MINE_RESCUE: "team", MINE_DRAINAGE: "team", SAR_MEDIUM: "team", SAR_HEAVY: "team", SEARCH_DOG: "team",
  GAS_SHUTOFF: "utility", GAS_DETECT: "utility", POWER_CUT: "utility", POWER_REPAIR: "utility", HEAT_REPAIR: "utility",
  WATER_REPAIR: "utility", DRAINAGE: "utility", SNOW_CLEAR: "utility",
  EARTHMOVING: "plant", DEBRIS_CLEAR: "plant", LIFT_HEAVY: "plant", TOW_HEAVY: "plant",
  UAV_RECON: "air", AIR_LIFT: "air", ROBOT: "air", EXPERT: "expert",
};

/** The unit class whose glyph stands for a line; support where no closer one is known. */
function classOfLine(requirement: Requirement): UnitClass {
  for (const code of [requirement.key, ...requirement.capabilities]) {
    const known = CLASS_OF[code];
    if (known) return known;
  }
  return "support";
}

export interface ClassNeed {
  readonly unitClass: UnitClass;
  readonly needed: number;
  readonly arrived: number;
  readonly coming: number;
  readonly missing: number;
}

/** The same lines added up by unit class, in the order in which the lines stand. */
export function needsByClass(lines: readonly LineState[]): readonly ClassNeed[] {
  const sums = new Map<UnitClass, ClassNeed>();
  for (const line of lines) {
    const unitClass = classOfLine(line.requirement);
    const so_far = sums.get(unitClass) ?? { unitClass, needed: 0, arrived: 0, coming: 0, missing: 0 };
    sums.set(unitClass, {
      unitClass,
      needed: so_far.needed + line.needed,
      arrived: so_far.arrived + line.arrived,
      coming: so_far.coming + line.coming,
      missing: so_far.missing + line.missing,
    });
  }
  return [...sums.values()];
}

/** Need of one material: what the incident asks, what its orders hold, what the city still has free. */
export interface StockState {
  readonly itemCode: string;
  readonly item: Item | undefined;
  readonly needed: number;
  readonly ordered: number;
  readonly delivered: number;
  readonly unconfirmed: number;
  readonly free: number;
  readonly missing: number;
}

/** Stock against need. `missing` is what neither the settled orders of this incident nor free stock can cover. */
export function stockStates(
  incident: Incident,
  orders: Iterable<SupplyOrder>,
  stock: ReadonlyMap<string, Stock>,
  items: ReadonlyMap<string, Item>,
): readonly StockState[] {
  const lines = incident.requirements.filter((line) => line.kind === "material" && line.item_code);
  const mine = [...orders].filter((order) => order.incident_id === incident.id);
  return lines.map((line) => {
    const itemCode = line.item_code ?? "";
    const sum = (keep: (order: SupplyOrder) => boolean): number =>
      mine.filter(keep).flatMap((o) => o.lines).filter((l) => l.item_code === itemCode).reduce((n, l) => n + l.quantity, 0);
    const delivered = sum((o) => o.status === "delivered");
    const ordered = sum((o) => ["committed", "loaded", "in_transit", "delivered"].includes(o.status));
    const unconfirmed = sum((o) => o.status === "unconfirmed");
    const free = [...stock.values()].filter((s) => s.item_code === itemCode).reduce((n, s) => n + s.available, 0);
    const missing = Math.max(0, line.quantity - ordered - free);
    return { itemCode, item: items.get(itemCode), needed: line.quantity, ordered, delivered, unconfirmed, free, missing };
  });
}
