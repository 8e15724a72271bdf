// What of the picture goes by request only, and what of it is ours to order.
import { useMemo } from "react";
import { forcesOf, lentIds, type Forces } from "./lent";
import { all, assignmentByUnit, get } from "./picture";
import { usePicture } from "./store";

/** Ids of the units, or of the stockpiles, that go by request only. */
export function useLent(kind: "unit" | "stockpile"): ReadonlySet<string> {
  const things = usePicture((p) => all(p, kind));
  const organisations = usePicture((p) => all(p, "organisation"));
  const policy = usePicture((p) => get(p, "policy", "dispatch"));
  return useMemo(() => lentIds(things.values(), organisations, policy), [things, organisations, policy]);
}

/** The units that are ours to order, and how many of others' may be asked for now. */
export function useForces(): Forces {
  const lent = useLent("unit");
  const units = usePicture((p) => all(p, "unit"));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  return useMemo(() => forcesOf(units.values(), lent, byUnit), [units, lent, byUnit]);
}
