// Whom one may ask for what is missing, and what was asked and promised for an incident. Pure.
import type { AidRequest, Askable } from "../contracts";
import type { Advice } from "./plan";

/** An organisation that could help: its nearest units line by line, and as many of them as are missing. */
export interface Offer {
  readonly organisation_id: string;
  readonly lines: readonly { readonly line: string; readonly units: readonly Askable[] }[];
  readonly unit_ids: readonly string[];
}

const OPEN: ReadonlySet<AidRequest["status"]> = new Set(["asked", "promised"]);

/** Whether a request may still be taken back. */
export const isOpenAid = ({ status }: AidRequest): boolean => OPEN.has(status);

/** The requests for an incident that the desk shows: open and declined ones, the latest first. */
export function aidOf(all: Iterable<AidRequest>, incidentId: string): readonly AidRequest[] {
  return [...all]
    .filter((each) => each.incident_id === incidentId && (isOpenAid(each) || each.status === "declined"))
    .sort((a, b) => b.asked_at.localeCompare(a.asked_at) || a.id.localeCompare(b.id));
}

/** Who may be asked for what an advice leaves unmet, the soonest help first; what was asked for already is left out. */
export function offersOf(advice: Advice | undefined, requests: readonly AidRequest[]): readonly Offer[] {
  const asked = new Set(requests.filter(isOpenAid).flatMap((each) => [...each.unit_ids, ...each.promised.map(({ unit_id }) => unit_id)]));
  const left = (advice?.askable ?? []).filter(({ unit_id }) => !asked.has(unit_id));
  const missing = new Map(advice?.unmet.map((unmet) => [unmet.line, unmet.missing]));
  const soonest = [...left].sort((a, b) => a.eta_s - b.eta_s || a.unit_id.localeCompare(b.unit_id));
  return [...new Set(soonest.map((each) => each.organisation_id))].map((organisation_id) => {
    const theirs = soonest.filter((each) => each.organisation_id === organisation_id);
    const lines = [...new Set(theirs.map(({ line }) => line))].map((line) => ({ line, units: theirs.filter((each) => each.line === line) }));
    const wanted = lines.flatMap(({ line, units }) => units.slice(0, missing.get(line) ?? units.length));
    return { organisation_id, lines, unit_ids: [...new Set(wanted.map(({ unit_id }) => unit_id))] };
  });
}

/** Units that others have promised to an incident. */
export const promisedUnits = (requests: readonly AidRequest[]): ReadonlySet<string> =>
  new Set(requests.filter(({ status }) => status === "promised").flatMap(({ promised }) => promised.map(({ unit_id }) => unit_id)));

/** The units that an answer may promise: those asked for, or those that could be asked for where none was named. */
export function answerable(request: AidRequest, advice: Advice | undefined): readonly string[] {
  if (request.unit_ids.length > 0) return request.unit_ids;
  const theirs = (advice?.askable ?? []).filter((each) => each.organisation_id === request.organisation_id);
  return [...new Set(theirs.map(({ unit_id }) => unit_id))];
}

/** Seconds until units can leave, from minutes as they are typed; null where that is no number of minutes. */
export const readySeconds = (minutes: string): number | null => (/^\d{1,4}$/.test(minutes.trim()) ? Number(minutes) * 60 : null);
