// The commander's own choices about one incident: who must go, who stays, who goes for whom; they add up. Pure.
import type { AdviceForm, NotUsed, Recommendation } from "../contracts";
import type { Advice } from "./plan";

export type Choice =
  | { readonly kind: "pin"; readonly unit_id: string }
  | { readonly kind: "forbid"; readonly unit_id: string }
  /** `unit_id` goes, `out` stays. */
  | { readonly kind: "swap"; readonly unit_id: string; readonly out: string };

export type Choices = readonly Choice[];

const concerned = (choice: Choice): readonly string[] => (choice.kind === "swap" ? [choice.unit_id, choice.out] : [choice.unit_id]);

export const choiceKey = (choice: Choice): string => `${choice.kind} ${concerned(choice).join(" ")}`;

/** The choices with one more; the same one again takes it back, one that speaks of the same unit otherwise replaces it. */
export function chosen(choices: Choices, next: Choice): Choices {
  const units = concerned(next);
  const others = choices.filter((each) => !concerned(each).some((id) => units.includes(id)));
  return choices.some((each) => choiceKey(each) === choiceKey(next)) ? others : [...others, next];
}

/** The choices without those that speak of a unit. */
export const without = (choices: Choices, unitId: string): Choices => choices.filter((each) => !concerned(each).includes(unitId));

/** What is asked with a new question. Units that are bound to the incident by now need no pin. */
export function adviceForm(choices: Choices, bound: ReadonlySet<string> = new Set()): AdviceForm {
  return {
    pinned: choices.flatMap((each) => (each.kind === "forbid" || bound.has(each.unit_id) ? [] : [each.unit_id])).sort(),
    forbidden: choices.flatMap((each) => (each.kind === "pin" ? [] : [each.kind === "swap" ? each.out : each.unit_id])).sort(),
  };
}

/** The choices that an answer was given with, for a desk that has made none itself. */
export function choicesOf(advice: Recommendation | undefined): Choices {
  if (!advice) return [];
  return [
    ...advice.pinned.map((unit_id) => ({ kind: "pin", unit_id }) as const),
    ...advice.forbidden.map((unit_id) => ({ kind: "forbid", unit_id }) as const),
  ];
}

/**
 * What swapping means for a unit: one that stays takes the place of the slowest unit of its line (of all, where none of
 * its line goes); one that goes makes room for the nearest that stays. Null where there is nobody to swap with.
 */
export function swapOf(advice: Advice, unitId: string): Choice | null {
  const going = advice.picks.find((pick) => pick.unit_id === unitId);
  if (going) {
    const instead = soonest(advice.not_used.filter((other) => other.line === going.line && canGo(other)));
    return instead ? { kind: "swap", unit_id: instead.unit_id, out: unitId } : null;
  }
  const holder = holderOf(advice, unitId);
  return holder ? { kind: "swap", unit_id: unitId, out: holder.unit_id } : null;
}

/** Reasons that no choice of a commander at this desk overcomes. */
const UNABLE: ReadonlySet<string> = new Set(["out_of_service", "outside", "by_request", "promised_to", "unreachable", "committed_to", "no_capability"]);

const canGo = ({ why }: NotUsed): boolean => !why.some(({ code }) => UNABLE.has(code));

/** The unit that goes in the place that another would have: the slowest of its line, of all where the line is not known. */
export function holderOf(advice: Advice, unitId: string): Advice["picks"][number] | undefined {
  const line = advice.not_used.find((other) => other.unit_id === unitId)?.line;
  const ofLine = advice.picks.filter((pick) => pick.line === line);
  return soonest(ofLine.length > 0 ? ofLine : advice.picks, -1);
}

function soonest<U extends { readonly eta_s: number; readonly unit_id: string }>(units: readonly U[], sign: 1 | -1 = 1): U | undefined {
  return [...units].sort((a, b) => sign * (a.eta_s - b.eta_s) || a.unit_id.localeCompare(b.unit_id))[0];
}
