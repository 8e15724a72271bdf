// The order that F9 would give: the recommendation, with units dropped or added by hand, and the reason for it. Pure.
import type { OrderForm, Recommendation } from "../contracts";
import type { Advice } from "./plan";

/** A unit added by hand or as a replacement, with the line it stands for and its ETA where that is known. */
export interface Added {
  readonly unit_id: string;
  readonly line: string;
  readonly eta_s: number | null;
}

export interface Edit {
  readonly open: boolean;
  readonly dropped: ReadonlySet<string>;
  readonly added: readonly Added[];
  readonly reason: string;
}

export const NO_EDIT: Edit = { open: false, dropped: new Set(), added: [], reason: "" };

/** Drops a pick or takes it back; an added unit is simply left out again. */
export function toggle(edit: Edit, unitId: string): Edit {
  if (edit.added.some((each) => each.unit_id === unitId)) {
    return { ...edit, added: edit.added.filter((each) => each.unit_id !== unitId) };
  }
  const dropped = new Set(edit.dropped);
  if (!dropped.delete(unitId)) dropped.add(unitId);
  return { ...edit, open: true, dropped };
}

/** Adds a unit by hand; a dropped pick comes back instead. */
export function add(edit: Edit, unit: Added, advice: Advice | undefined): Edit {
  const unitId = unit.unit_id;
  if (advice?.picks.some((pick) => pick.unit_id === unitId)) {
    return { ...edit, open: true, dropped: new Set([...edit.dropped].filter((id) => id !== unitId)) };
  }
  const known = edit.added.some((each) => each.unit_id === unitId);
  return known ? edit : { ...edit, open: true, added: [...edit.added, unit] };
}

/** Whether the order would differ from what is advised. */
export const differs = (edit: Edit): boolean => edit.dropped.size > 0 || edit.added.length > 0;

/** Units of the order in the order of the table. */
export function orderedIds(edit: Edit, advice: Advice | undefined): readonly string[] {
  const kept = advice?.picks.filter((pick) => !edit.dropped.has(pick.unit_id)).map((pick) => pick.unit_id) ?? [];
  return [...kept, ...edit.added.map((each) => each.unit_id)];
}

/** What keeps the order from being sent: nobody in it, or a change without a reason. */
export function obstacle(edit: Edit, advice: Advice | undefined, withStock: boolean): "empty" | "reason" | null {
  const stock = withStock ? (advice?.stock.length ?? 0) : 0;
  if (orderedIds(edit, advice).length + stock === 0) return "empty";
  return advice && differs(edit) && edit.reason.trim() === "" ? "reason" : null;
}

/** The order: exactly what is displayed, with the recommendation and the alternative that it came from. */
export function orderForm(edit: Edit, advice: Advice | undefined, withStock: boolean): OrderForm {
  const picks = advice?.picks.filter((pick) => !edit.dropped.has(pick.unit_id)) ?? [];
  const stock = withStock ? (advice?.stock ?? []) : [];
  return {
    recommendation_id: advice?.id ?? null,
    ...(advice?.alternative ? { alternative: advice.alternative } : {}),
    kind: advice && !differs(edit) ? "full" : "manual",
    units: [
      ...picks.map((pick) => ({ unit_id: pick.unit_id, line: pick.line })),
      ...edit.added.map(({ unit_id, line }) => ({ unit_id, line })),
    ],
    stock: stock.map(({ stockpile_id, item_code, quantity, eta_s }) => ({ stockpile_id, item_code, quantity, eta_s })),
    reason: edit.reason.trim(),
  };
}

/**
 * The order after somebody else took a unit: that unit is dropped, the best unit that a new answer has and the old one
 * had not stands in for it, and the change carries its reason. Everything else stays as it is displayed.
 */
export function replaced(edit: Edit, takenId: string, old: Advice, fresh: Recommendation | null, reason: string): Edit {
  const line = old.picks.find((pick) => pick.unit_id === takenId)?.line;
  const known = new Set([...old.picks.map((pick) => pick.unit_id), ...edit.added.map((each) => each.unit_id)]);
  const candidates = (fresh?.picks ?? []).filter((pick) => !known.has(pick.unit_id));
  const best = candidates.find((pick) => pick.line === line) ?? candidates[0];
  return {
    open: true,
    dropped: new Set([...edit.dropped, takenId]),
    added: [
      ...edit.added.filter((each) => each.unit_id !== takenId),
      ...(best ? [{ unit_id: best.unit_id, line: best.line, eta_s: best.eta_s }] : []),
    ],
    reason: edit.reason || reason,
  };
}
