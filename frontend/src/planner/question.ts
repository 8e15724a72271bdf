// The question of a siting as it is put together on the screen, and the form that the service takes. Pure.
import type { SitingForm } from "../contracts";
import type { LonLat } from "../geo";
import type { System } from "./crs";
import { numberIn } from "./numbers";
import { MOST_POINTS, type Named } from "./points";

/** Everything that was chosen and typed; numbers stay as they were typed. */
export interface Draft {
  readonly by: "points" | "grid";
  readonly points: readonly Named[];
  readonly paste: string;
  /** The system of coordinates of what is pasted or opened. */
  readonly system: System;
  readonly step_km: string;
  readonly around: LonLat | null;
  readonly radius_km: string;
  readonly how_many: number;
  readonly units: number;
  readonly limit_s: 300 | 480 | 600;
  readonly suburban: boolean;
}

export const EMPTY_DRAFT: Draft = {
  by: "points", points: [], paste: "", system: "WGS84", step_km: "2", around: null, radius_km: "5", how_many: 3, units: 1, limit_s: 300, suburban: false,
};

/** A question that was sent: the form, and the names of its points in their order. */
export interface Question {
  readonly form: SitingForm;
  readonly names: readonly string[];
}

/** What keeps a draft from being asked: a key of `planner.lacks`. */
export type Lack = "points" | "too_many" | "step" | "radius";

const STEP_KM = { least: 0.5, most: 50 } as const;
const RADIUS_KM = { least: 0.5, most: 100 } as const;

/** The question, or what it lacks. */
export function questionOf(draft: Draft): Question | Lack {
  const { how_many, units, limit_s, suburban } = draft;
  const rest = { how_many, units, limit_s, suburban };
  if (draft.by === "points") {
    if (draft.points.length === 0) return "points";
    if (draft.points.length > MOST_POINTS) return "too_many";
    return { form: { ...rest, candidates: draft.points.map(({ at }) => at) }, names: draft.points.map(({ name }) => name) };
  }
  const grid_km = numberIn(draft.step_km, STEP_KM.least, STEP_KM.most);
  if (grid_km === null) return "step";
  if (!draft.around) return { form: { ...rest, grid_km }, names: [] };
  const radius_km = numberIn(draft.radius_km, RADIUS_KM.least, RADIUS_KM.most);
  return radius_km === null ? "radius" : { form: { ...rest, grid_km, around: { at: draft.around, radius_km } }, names: [] };
}

/** Whether two questions ask the same. */
export const isSame = (a: Question | null, b: Question | Lack): boolean => typeof b !== "string" && JSON.stringify(a?.form) === JSON.stringify(b.form);

/** The name that a candidate was given, by its id: `c004` is the fifth of the points. */
export function nameOfCandidate(id: string, question: Question | null): string {
  return question?.names[Number(id.replace(/^c/, ""))] ?? "";
}
