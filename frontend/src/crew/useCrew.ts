// Who rides on a unit: private, read by id and audited, once per unit and page.
import { useEffect, useState } from "react";
import { read } from "../api";
import type { CrewMember } from "../contracts";

const read_once = new Map<string, Promise<readonly CrewMember[]>>();

function crewOf(unitId: string): Promise<readonly CrewMember[]> {
  const known = read_once.get(unitId) ?? read<readonly CrewMember[]>(`/api/resources/units/${encodeURIComponent(unitId)}/crew`);
  read_once.set(unitId, known);
  known.catch(() => read_once.delete(unitId));
  return known;
}

/** The crew; null while it is being read or may not be. */
export function useCrew(unitId: string): readonly CrewMember[] | null {
  const [crew, setCrew] = useState<{ readonly unitId: string; readonly members: readonly CrewMember[] } | null>(null);
  useEffect(() => {
    let stopped = false;
    crewOf(unitId).then(
      (members) => {
        if (!stopped) setCrew({ unitId, members });
      },
      () => undefined, // not ours to see, or the register is away: the page goes without names
    );
    return () => {
      stopped = true;
    };
  }, [unitId]);
  return crew?.unitId === unitId ? crew.members : null;
}
