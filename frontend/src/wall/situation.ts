// What the wall's panels share: ranked incidents, the hero, its lines, and the two clocks.
import type { Assignment, Incident, Unit } from "../contracts";
import { lineStates, type LineState } from "../needs";
import { all, assignmentByUnit, assignmentsByIncident, rankedIncidents } from "../picture";
import { useFreshness, useNow, usePicture } from "../store";

const NOBODY: readonly Assignment[] = [];

export interface Situation {
  readonly incidents: readonly Incident[];
  readonly hero: Incident | undefined;
  readonly units: ReadonlyMap<string, Unit>;
  readonly of: (incidentId: string) => readonly Assignment[];
}

export function useSituation(): Situation {
  const incidents = usePicture((picture) => rankedIncidents(all(picture, "incident")));
  const grouped = usePicture((picture) => assignmentsByIncident(all(picture, "assignment")));
  const units = usePicture((picture) => all(picture, "unit"));
  return { incidents, hero: incidents[0], units, of: (id) => grouped.get(id) ?? NOBODY };
}

/** Lines of one incident against its assignments. */
export function linesOf({ units, of }: Situation, incident: Incident): readonly LineState[] {
  return lineStates(incident, of(incident.id), units);
}

/** Which assignment says what a unit is doing. */
export const useAssignmentByUnit = () => usePicture((picture) => assignmentByUnit(all(picture, "assignment")));

/** The clock that goes on through an outage (for elapsed times), and the one that stops with the picture (for targets). */
export function useClocks(): { readonly running: number; readonly shown: number } {
  const now = useNow(1000) ?? 0;
  const { freshness, picture_at } = useFreshness();
  return { running: now, shown: freshness === "stale" && picture_at !== null ? picture_at : now };
}
