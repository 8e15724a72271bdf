// Needed force as slots: solid = arrived, half = coming, dashed hollow = missing.
import css from "./Slots.module.css";

export interface SlotCounts {
  readonly arrived: number;
  readonly coming: number;
  readonly missing: number;
}
export type SlotState = keyof SlotCounts;

/** The slots in order of certainty, at most `most`; what is cut is told by the caller. */
export function slotStates({ arrived, coming, missing }: SlotCounts, most = Infinity): readonly SlotState[] {
  const states: SlotState[] = [
    ...Array<SlotState>(arrived).fill("arrived"),
    ...Array<SlotState>(coming).fill("coming"),
    ...Array<SlotState>(missing).fill("missing"),
  ];
  return states.slice(0, most);
}

export function Slot({ state }: { state: SlotState }) {
  return <span className={`${css["slot"]} ${css[state]}`} aria-hidden="true" />;
}

/** A row of slots; `label` says the same in words. */
export function Slots({ counts, label, most }: { counts: SlotCounts; label: string; most?: number }) {
  return (
    <span className={css["slots"]} role="img" aria-label={label}>
      {slotStates(counts, most).map((state, i) => (
        <Slot key={i} state={state} />
      ))}
    </span>
  );
}
