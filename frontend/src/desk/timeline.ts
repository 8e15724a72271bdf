// Arrivals on one time axis from now on: ordered force and stock, advised force, other incidents. Pure.
import type { Assignment, SupplyOrder } from "../contracts";
import { ms } from "../times";
import type { Advice } from "./plan";

/** sure: settled or on its way. open: advised or unconfirmed, drawn hollow. */
export interface TimeMark {
  readonly at_s: number;
  readonly label: string;
  readonly sure: boolean;
}

/** Marks of one lane that lie within the axis, each station or name once with its count: `石化特勤 4`. */
export function grouped(marks: readonly TimeMark[], span_s: number): readonly TimeMark[] {
  const groups = new Map<string, { mark: TimeMark; n: number }>();
  for (const mark of marks) {
    if (mark.at_s < -60 || mark.at_s > span_s) continue;
    const key = `${mark.label}|${mark.sure}`;
    const group = groups.get(key);
    if (group) groups.set(key, { mark: mark.at_s > group.mark.at_s ? mark : group.mark, n: group.n + 1 });
    else groups.set(key, { mark, n: 1 });
  }
  return [...groups.values()]
    .map(({ mark, n }) => ({ ...mark, label: n > 1 ? `${mark.label} ${n}` : mark.label }))
    .sort((a, b) => a.at_s - b.at_s);
}

/** Which labels can be written without touching the one before, with `width` = px of a text and `px_per_s`. */
export function labelled(marks: readonly TimeMark[], px_per_s: number, width: (text: string) => number): readonly boolean[] {
  let end = -Infinity;
  return marks.map((mark) => {
    const half = width(mark.label) / 2;
    const centre = Math.max(0, mark.at_s) * px_per_s;
    const fits = centre - half > end;
    if (fits) end = centre + half + 8;
    return fits;
  });
}

export function forceMarks(assignments: readonly Assignment[], advice: Advice | undefined, now: number, nameOf: (unitId: string) => string): readonly TimeMark[] {
  const coming = assignments
    .filter((a) => a.eta_at && !a.arrived_at)
    .map((a) => ({ at_s: (ms(a.eta_at ?? 0) - now) / 1000, label: nameOf(a.unit_id), sure: true }));
  const advised = (advice?.picks ?? []).map((pick) => ({ at_s: pick.eta_s, label: nameOf(pick.unit_id), sure: false }));
  return [...coming, ...advised];
}

export function stockMarks(
  orders: Iterable<SupplyOrder>,
  advice: Advice | undefined,
  incidentId: string,
  now: number,
  nameOf: (stockpileId: string) => string,
): readonly TimeMark[] {
  const ordered = [...orders]
    .filter((o) => o.incident_id === incidentId && o.eta_at && !["delivered", "refused", "canceled"].includes(o.status))
    .map((o) => ({ at_s: (ms(o.eta_at ?? 0) - now) / 1000, label: nameOf(o.stockpile_id), sure: o.status !== "unconfirmed" }));
  const advised = (advice?.stock ?? []).map((s) => ({ at_s: s.eta_s, label: nameOf(s.stockpile_id), sure: false }));
  return [...ordered, ...advised];
}

/** Minutes shown on the axis: round, at least 15, so that the last arrival is inside. */
export function spanMinutes(marks: readonly TimeMark[]): number {
  const last = Math.max(0, ...marks.map((mark) => mark.at_s)) / 60;
  return Math.min(60, Math.max(15, Math.ceil((last + 1) / 5) * 5));
}
