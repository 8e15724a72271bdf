// The dispatch policy while somebody edits it: text as typed, the form for the service, and two people's changes in one.
// Pure. What a newer service adds to the policy is carried along and sent back as it came.
import type { DispatchPolicy, PolicyForm, ReserveRule, SpecialRule, StyleRule } from "../contracts";
import { wholeIn } from "./numbers";

/** The most that each number may be; the least is 0. */
export const STYLE_MOST = { tolerance_s: 3_600, first_tolerance_s: 3_600, cover_price: 10_000, unit_price: 100_000, station_price: 100_000 } as const;
export type StyleField = keyof typeof STYLE_MOST;
export const STYLE_FIELDS = Object.keys(STYLE_MOST) as readonly StyleField[];
export const AREA_PRICE_MOST = 3_600;
export const FIRST_AID_MOST = 20;
export const AT_LEAST_MOST = 1_000;
export const RESERVE_PRICE_MOST = 1_000_000;
export const SPARE_MOST = 7 * 24 * 3_600;
const REASON_MOST = 200;

export type StyleDraft = Omit<StyleRule, StyleField> & Readonly<Record<StyleField, string>>;
export type ReserveDraft = Omit<ReserveRule, "at_least" | "price"> & Readonly<Record<"at_least" | "price", string>>;
export type SpecialDraft = Omit<Required<SpecialRule>, "spare_s"> & { readonly spare_s: string };

/** Everything that can be edited, numbers as typed. */
export interface PolicyDraft {
  readonly area_price_s: string;
  readonly first_aid_limit: string;
  readonly styles: readonly StyleDraft[];
  readonly reserves: readonly ReserveDraft[];
  readonly specials: readonly SpecialDraft[];
}
export type Part = keyof PolicyDraft;
export const PARTS: readonly Part[] = ["styles", "area_price_s", "first_aid_limit", "reserves", "specials"];

const typed = (value: number | undefined): string => String(value ?? 0);

/** A policy as it is typed. */
export function draftOf(policy: DispatchPolicy): PolicyDraft {
  return {
    area_price_s: typed(policy.area_price_s),
    first_aid_limit: typed(policy.first_aid_limit),
    styles: policy.styles.map((style) => {
      const { tolerance_s, first_tolerance_s, cover_price, unit_price, station_price } = style;
      return {
        ...style, tolerance_s: typed(tolerance_s), first_tolerance_s: typed(first_tolerance_s),
        cover_price: typed(cover_price), unit_price: typed(unit_price), station_price: typed(station_price),
      };
    }),
    reserves: policy.reserves.map((rule) => ({ ...rule, at_least: typed(rule.at_least), price: typed(rule.price) })),
    specials: policy.specials.map((rule) => ({ kinds: [], hazards: [], ...rule, spare_s: typed(rule.spare_s) })),
  };
}

/** A field that cannot be sent as it is: its path, as `styles.1.cover_price`. */
export type Wrong = string;

/** What cannot be sent as it is typed. */
export function wrongIn(draft: PolicyDraft, reason: string): readonly Wrong[] {
  const whole = (path: string, text: string, least: number, most: number) => (wholeIn(text, least, most) === null ? [path] : []);
  return [
    ...draft.styles.flatMap((style, i) => STYLE_FIELDS.flatMap((field) => whole(`styles.${i}.${field}`, style[field], 0, STYLE_MOST[field]))),
    ...whole("area_price_s", draft.area_price_s, 0, AREA_PRICE_MOST),
    ...whole("first_aid_limit", draft.first_aid_limit, 0, FIRST_AID_MOST),
    ...draft.reserves.flatMap((rule, i) => [
      ...(rule.capability === "" ? [`reserves.${i}.capability`] : []),
      ...whole(`reserves.${i}.at_least`, rule.at_least, 1, AT_LEAST_MOST),
      ...whole(`reserves.${i}.price`, rule.price, 0, RESERVE_PRICE_MOST),
    ]),
    ...draft.specials.flatMap((rule, i) => [
      ...(rule.station_ids.length === 0 ? [`specials.${i}.station_ids`] : []),
      ...whole(`specials.${i}.spare_s`, rule.spare_s, 0, SPARE_MOST),
    ]),
    ...(reason.trim() === "" || reason.length > REASON_MOST ? ["reason"] : []),
  ];
}

const value = (text: string): number => wholeIn(text, 0, Number.MAX_SAFE_INTEGER) ?? 0;

/** The whole policy as it shall be, on top of the version that was edited; fields that this screen does not know stay. */
export function formOf(base: DispatchPolicy, draft: PolicyDraft, reason: string): PolicyForm {
  const carried = Object.fromEntries(Object.entries(base).filter(([name]) => name !== "id"));
  return {
    ...carried,
    version: base.version,
    area_price_s: value(draft.area_price_s),
    first_aid_limit: value(draft.first_aid_limit),
    styles: draft.styles.map((style) => ({
      ...style, tolerance_s: value(style.tolerance_s), first_tolerance_s: value(style.first_tolerance_s),
      cover_price: value(style.cover_price), unit_price: value(style.unit_price), station_price: value(style.station_price),
    })),
    reserves: draft.reserves.map((rule) => ({ ...rule, at_least: value(rule.at_least), price: value(rule.price) })),
    specials: draft.specials.map((rule) => ({ ...rule, spare_s: value(rule.spare_s) })),
    reason: reason.trim(),
  };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Parts in which a draft differs from a policy. */
export function changed(policy: DispatchPolicy, draft: PolicyDraft): readonly Part[] {
  const before = draftOf(policy);
  return PARTS.filter((part) => !isSame(before[part], draft[part]));
}

/** Mine on top of theirs. `clashes`: parts that both changed, in which mine stands. */
export interface Rebased {
  readonly draft: PolicyDraft;
  readonly clashes: readonly Part[];
}

/** Takes what only they changed, keeps what only I changed; where both did, mine is kept and said. */
export function rebase(base: DispatchPolicy, mine: PolicyDraft, theirs: DispatchPolicy): Rebased {
  const [before, after] = [draftOf(base), draftOf(theirs)];
  const touched = PARTS.filter((part) => !isSame(before[part], mine[part]));
  const kept = Object.fromEntries(touched.map((part) => [part, mine[part]])) as Partial<PolicyDraft>;
  return {
    draft: { ...after, ...kept },
    clashes: touched.filter((part) => !isSame(before[part], after[part]) && !isSame(mine[part], after[part])),
  };
}

/** One number that would change, for the line before it is sent: `styles.covered.cover_price`, from, to. */
export interface Change {
  readonly part: Part;
  /** Name of the style, "" where the part is one number or a whole list. */
  readonly style: string;
  readonly field: StyleField | "";
  readonly from: string;
  readonly to: string;
}

/** What would change: numbers one by one, lists of rules by how many there are, styles that came, went or moved. */
export function changesOf(policy: DispatchPolicy, draft: PolicyDraft): readonly Change[] {
  const before = draftOf(policy);
  return changed(policy, draft).flatMap((part): readonly Change[] => {
    if (part === "styles") return stylesChanged(before.styles, draft.styles);
    const [from, to] = [before[part], draft[part]];
    if (typeof from === "string" && typeof to === "string") return [{ part, style: "", field: "", from, to }];
    return [{ part, style: "", field: "", from: String(from.length), to: String(to.length) }];
  });
}

function stylesChanged(before: readonly StyleDraft[], after: readonly StyleDraft[]): readonly Change[] {
  const known = new Map(before.map((style) => [style.name, style]));
  const numbers = after.flatMap((style) =>
    STYLE_FIELDS.flatMap((field): readonly Change[] => {
      const from = known.get(style.name)?.[field];
      return from === undefined || from === style[field] ? [] : [{ part: "styles", style: style.name, field, from, to: style[field] }];
    }),
  );
  const [from, to] = [before, after].map((styles) => styles.map((style) => style.name).join());
  return from === to ? numbers : [{ part: "styles", style: "", field: "", from: from ?? "", to: to ?? "" }, ...numbers];
}
