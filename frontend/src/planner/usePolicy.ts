// The dispatch policy of this window: the one in force, the edit that is under way, and what became of sending it.
import { useRef, useState } from "react";
import { act, newKey, Refusal } from "../api";
import type { DispatchPolicy } from "../contracts";
import { get } from "../picture";
import { usePicture } from "../store";
import { useAsked } from "./asked";
import { useKept } from "./kept";
import { changed, draftOf, formOf, rebase, wrongIn, type Part, type PolicyDraft } from "./policy";

const PATH = "/api/dispatch/policy";
const PACE = { good_ms: 60_000, refused_ms: 3_000 };

interface Edit {
  readonly base: DispatchPolicy;
  readonly draft: PolicyDraft;
  readonly reason: string;
  /** Parts that somebody else changed meanwhile, too; what was typed here stands. */
  readonly clashes: readonly Part[];
}

export interface PolicyDesk {
  /** The policy in force as far as it is known here. */
  readonly current: DispatchPolicy | null;
  readonly refusal: Refusal | null;
  /** The version that the edit began from. */
  readonly base: DispatchPolicy | null;
  readonly draft: PolicyDraft | null;
  readonly reason: string;
  readonly clashes: readonly Part[];
  readonly changed: readonly Part[];
  readonly wrong: readonly string[];
  /** Whether a newer version is in force than the one that is being edited. */
  readonly behind: boolean;
  readonly sending: boolean;
  /** What became of the last sending: the version that is in force now, or the refusal. */
  readonly outcome: number | Refusal | null;
  readonly change: (part: Partial<PolicyDraft>) => void;
  readonly giveReason: (reason: string) => void;
  /** Puts the edit on top of the newer version. */
  readonly merge: () => void;
  /** Takes theirs for a part. */
  readonly takeTheirs: (part: Part) => void;
  readonly drop: () => void;
  readonly send: () => void;
}

export function usePolicy(): PolicyDesk {
  const asked = useAsked<DispatchPolicy>(PATH, PACE);
  const live = usePicture((p) => get(p, "policy", "dispatch"));
  const [saved, setSaved] = useState<DispatchPolicy | null>(null);
  const current = newest([asked.value, live ?? null, saved]);
  const [edit, setEdit] = useKept<Edit | null>("policy.edit", null);
  const sending = useSending((done) => {
    setSaved(done);
    setEdit(null);
  }, asked.again);
  const begun = edit ?? (current && { base: current, draft: draftOf(current), reason: "", clashes: [] });
  const onEdit = (next: (was: Edit) => Edit) =>
    setEdit((was) => {
      const held = was ?? begun;
      return held ? next(held) : null;
    });
  return {
    current,
    refusal: asked.refusal,
    base: begun?.base ?? null,
    draft: begun?.draft ?? null,
    reason: begun?.reason ?? "",
    clashes: begun?.clashes ?? [],
    changed: begun ? changed(begun.base, begun.draft) : [],
    wrong: begun ? wrongIn(begun.draft, begun.reason) : [],
    behind: edit !== null && current !== null && current.version > edit.base.version,
    sending: sending.busy,
    outcome: sending.outcome,
    change: (part) => onEdit((was) => ({ ...was, draft: { ...was.draft, ...part } })),
    giveReason: (reason) => onEdit((was) => ({ ...was, reason })),
    merge: () => onEdit((was) => (current ? { ...was, base: current, ...rebase(was.base, was.draft, current) } : was)),
    takeTheirs: (part) => onEdit((was) => ({ ...was, draft: { ...was.draft, [part]: draftOf(was.base)[part] }, clashes: was.clashes.filter((each) => each !== part) })),
    drop: () => setEdit(null),
    send: () => begun && sending.send(begun),
  };
}

const newest = (known: readonly (DispatchPolicy | null)[]): DispatchPolicy | null =>
  known.reduce((best, each) => (each && (!best || each.version > best.version) ? each : best), null);

/** Sends an edit; the same edit sent again is the same act, so that an answer that got lost changes nothing twice. */
function useSending(done: (policy: DispatchPolicy) => void, look: () => void) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<number | Refusal | null>(null);
  const last = useRef({ body: "", key: "" });
  const send = ({ base, draft, reason }: Edit) => {
    const form = formOf(base, draft, reason);
    const body = JSON.stringify(form);
    if (last.current.body !== body) last.current = { body, key: newKey() };
    setBusy(true);
    act<DispatchPolicy>("PUT", PATH, form, last.current.key)
      .then((policy) => {
        setOutcome(policy.version);
        done(policy);
      })
      .catch((error: unknown) => {
        setOutcome(error instanceof Refusal ? error : new Refusal(400, "unreadable", String(error)));
        look();
      })
      .finally(() => setBusy(false));
  };
  return { busy, outcome, send };
}
