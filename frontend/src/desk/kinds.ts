// Kinds, hazards and premises in the order of their digits, so that fingers can learn them. Pure.
import type { HazardTag, IncidentKind, IncidentStatus, Occupancy } from "../contracts";

export type Family = "fire" | "hazmat" | "rescue" | "traffic" | "disaster" | "other";

/** First row: the family; second row: its kinds. Positions never move. */
export const KINDS: Readonly<Record<Family, readonly IncidentKind[]>> = {
  fire: ["fire.residential", "fire.highrise", "fire.ordinary", "fire.tank", "fire.warehouse", "fire.underground", "fire.vehicle", "fire.rubbish", "fire.alarm"],
  hazmat: ["hazmat.leak", "hazmat.tanker", "gas.leak"],
  rescue: ["rescue.lift", "rescue.water", "rescue.height", "collapse.building"],
  traffic: ["traffic.crash", "traffic.tunnel", "metro.smoke"],
  disaster: ["earthquake", "mine.gas", "mine.flood", "tailings", "snow"],
  other: ["utility", "other"],
};
export const FAMILIES = Object.keys(KINDS) as readonly Family[];

export function familyOf(kind: IncidentKind): Family {
  return FAMILIES.find((family) => KINDS[family].includes(kind)) ?? "other";
}

export const HAZARDS: readonly HazardTag[] = [
  "petrochemical", "toxic_gas", "explosion", "highrise", "underground", "water_shortage", "fuel_gas", "collapse",
  "vehicle_crash", "super_highrise", "mine", "tailings", "snow",
];

export const OCCUPANCIES: readonly Occupancy[] = [
  "residential", "commercial", "school", "hospital", "industrial", "chemical", "warehouse", "transport", "open", "other",
];

/** Steps that a person may set by hand from each state; the others follow from orders, arrivals and merges. */
export const STEPS: Readonly<Partial<Record<IncidentStatus, readonly StepTo[]>>> = {
  on_scene: ["controlled"],
  controlled: ["resolved", "on_scene"],
  resolved: ["closed", "controlled"],
};
export type StepTo = "controlled" | "resolved" | "closed" | "on_scene";

/** The digit of a position: 1–9, then 0; nothing beyond ten. */
export const digitOf = (index: number): string => (index < 9 ? String(index + 1) : index === 9 ? "0" : "");
/** The position of a digit. */
export const indexOf = (digit: number): number => (digit === 0 ? 9 : digit - 1);
