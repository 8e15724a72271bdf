// Whose forces are ours to order, and whose go by request only (商请): by the register and by the policy. Pure.
import type { Assignment, DispatchPolicy, Organisation, OrganisationKind, Unit } from "./contracts";
import { unitStatus } from "./picture";

/** As the first version of the policy has it, until another is in force. */
const BY_REQUEST: readonly OrganisationKind[] = ["xpcc"];

/** A unit or a stockpile, as far as it matters here. */
interface Owned {
  readonly id: string;
  readonly by_request: boolean;
  readonly organisation_id: string;
}

/** Whether something goes by request only: by what the register says of it, or by the kind of its organisation. */
export const isLent = (thing: Pick<Owned, "by_request">, organisation: Organisation | undefined, policy: DispatchPolicy | undefined): boolean =>
  thing.by_request || (organisation !== undefined && (policy?.by_request ?? BY_REQUEST).includes(organisation.kind));

/** Ids of what goes by request only. */
export function lentIds(things: Iterable<Owned>, organisations: ReadonlyMap<string, Organisation>, policy: DispatchPolicy | undefined): ReadonlySet<string> {
  return new Set([...things].flatMap((each) => (isLent(each, organisations.get(each.organisation_id), policy) ? [each.id] : [])));
}

/** The units that are ours to order, the ids of the others, and how many of those stand ready to be asked for. */
export interface Forces {
  readonly ours: readonly Unit[];
  readonly lent: ReadonlySet<string>;
  readonly askable: number;
}

export function forcesOf(units: Iterable<Unit>, lent: ReadonlySet<string>, byUnit: ReadonlyMap<string, Assignment>): Forces {
  const all = [...units];
  return {
    ours: all.filter(({ id }) => !lent.has(id)),
    lent,
    askable: all.filter((unit) => lent.has(unit.id) && unitStatus(unit, byUnit.get(unit.id)) === "available").length,
  };
}
