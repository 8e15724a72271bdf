// A report while it is being taken: what is known, what is still missing, and the form it becomes. Pure.
import type { AlarmLevel, Facts, HazardTag, Incident, IncidentKind, Occupancy, Place, ReportForm } from "../contracts";
import { FAMILIES, familyOf, HAZARDS, indexOf, KINDS, OCCUPANCIES, type Family } from "./kinds";

export interface Draft {
  readonly query: string;
  readonly place: Place | null;
  readonly family: Family | null;
  readonly kind: IncidentKind | null;
  readonly level: AlarmLevel | null;
  readonly hazards: readonly HazardTag[];
  readonly occupancy: Occupancy | null;
  readonly height_m: string;
  readonly casualties: string;
  readonly trapped: string;
  readonly caller_name: string;
  readonly caller_phone: string;
  readonly text: string;
}

export const EMPTY_DRAFT: Draft = {
  query: "", place: null, family: null, kind: null, level: null, hazards: [], occupancy: null,
  height_m: "", casualties: "", trapped: "", caller_name: "", caller_phone: "", text: "",
};

/** The facts of an open incident as the same form shows them. */
export function draftOf(incident: Incident): Draft {
  return {
    ...EMPTY_DRAFT,
    query: incident.address,
    family: familyOf(incident.kind),
    kind: incident.kind,
    level: incident.alarm_level,
    hazards: incident.hazards,
    occupancy: incident.occupancy,
    height_m: figure(incident.building_height_m),
    casualties: figure(incident.casualties),
    trapped: figure(incident.trapped),
  };
}

const figure = (value: number): string => (value === 0 ? "" : String(value));
/** The whole number that a field holds; 0 where it holds none. */
export const count = (text: string): number => Math.max(0, Math.round(Number(text) || 0));

/** What a report lacks before it can be registered: words of `desk.*`. */
export function lacking(draft: Draft): readonly ("place" | "kind")[] {
  return [draft.place ? null : ("place" as const), draft.kind ? null : ("kind" as const)].filter((part) => part !== null);
}

/** The form of a draft, or null while place or kind is missing. Premises and height come from the place where unsaid. */
export function reportForm(draft: Draft): ReportForm | null {
  const { place, kind } = draft;
  if (!place || !kind) return null;
  const caller = draft.caller_name || draft.caller_phone ? { name: draft.caller_name, phone: draft.caller_phone } : null;
  return {
    kind,
    at: place.at,
    address: place.name,
    alarm_level: draft.level,
    hazards: [...draft.hazards],
    occupancy: draft.occupancy ?? place.occupancy,
    building_height_m: draft.height_m === "" ? place.height_m : count(draft.height_m),
    casualties: count(draft.casualties),
    trapped: count(draft.trapped),
    text: draft.text,
    source: "call",
    ...(caller ? { caller } : {}),
  };
}

/** Choosing by digit in a group; the same draft where the digit means nothing there. */
export function choose(draft: Draft, group: string, digit: number): Draft {
  const index = indexOf(digit);
  if (group === "kind") return chooseKind(draft, index);
  if (group === "hazards") return toggleHazard(draft, HAZARDS[index]);
  if (group === "level") return digit >= 1 && digit <= 5 ? { ...draft, level: digit as AlarmLevel } : draft;
  if (group === "occupancy") return { ...draft, occupancy: OCCUPANCIES[index] ?? draft.occupancy };
  return draft;
}

/** First press the family, second press the kind in it. */
function chooseKind(draft: Draft, index: number): Draft {
  if (draft.family === null || draft.kind !== null) {
    const family = FAMILIES[index];
    return family ? { ...draft, family, kind: null } : draft;
  }
  const kind = KINDS[draft.family][index];
  return kind ? { ...draft, kind } : draft;
}

export function toggleHazard(draft: Draft, hazard: HazardTag | undefined): Draft {
  if (!hazard) return draft;
  const has = draft.hazards.includes(hazard);
  return { ...draft, hazards: has ? draft.hazards.filter((h) => h !== hazard) : [...draft.hazards, hazard] };
}

/** Typed changes by incident; kept while another incident is worked on. */
export type Pending = ReadonlyMap<string, Partial<Draft>>;

/** The same with more typed for one incident. */
export function typed(pending: Pending, incidentId: string, part: Partial<Draft>): Pending {
  return new Map(pending).set(incidentId, { ...pending.get(incidentId), ...part });
}

/** The same without what was sent; what was typed since stays. */
export function settled(pending: Pending, incidentId: string, sent: Partial<Draft>): Pending {
  const left = changesBetween(sent, pending.get(incidentId) ?? {});
  const next = new Map(pending);
  if (Object.keys(left).length > 0) next.set(incidentId, left);
  else next.delete(incidentId);
  return next;
}

/** The parts of a draft that are not those of an earlier one. */
export function changesBetween(before: Partial<Draft>, after: Partial<Draft>): Partial<Draft> {
  const names = Object.keys(after) as (keyof Draft)[];
  return Object.fromEntries(names.filter((name) => after[name] !== before[name]).map((name) => [name, after[name]]));
}

/** What of an incident an edited form would change; null where nothing differs. The level is left out: it needs a reason. */
export function changedFacts(incident: Incident, draft: Draft): Facts | null {
  const facts: Record<string, unknown> = {};
  if (draft.kind && draft.kind !== incident.kind) facts["kind"] = draft.kind;
  if ([...draft.hazards].sort().join() !== [...incident.hazards].sort().join()) facts["hazards"] = [...draft.hazards];
  if (draft.occupancy && draft.occupancy !== incident.occupancy) facts["occupancy"] = draft.occupancy;
  if (count(draft.height_m) !== incident.building_height_m) facts["building_height_m"] = count(draft.height_m);
  if (count(draft.casualties) !== incident.casualties) facts["casualties"] = count(draft.casualties);
  if (count(draft.trapped) !== incident.trapped) facts["trapped"] = count(draft.trapped);
  return Object.keys(facts).length === 0 ? null : facts;
}
