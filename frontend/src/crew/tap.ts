// One tap of a crew: sent with a key of its own, and offered again with the same key when the net lost it.
import { useCallback, useState } from "react";
import { newKey, Refusal } from "../api";
import { refusalText } from "../words";

type Send = (key: string) => Promise<unknown>;

interface Held {
  readonly what: string;
  readonly send: Send;
  readonly key: string;
}

export interface Tap {
  /** The name of the tap that is on its way, or null. */
  readonly sending: string | null;
  /** A tap that did not arrive, or was refused. */
  readonly failed: { readonly what: string; readonly why: string; readonly again: (() => void) | null } | null;
  readonly tap: (what: string, send: Send) => void;
  readonly dismiss: () => void;
}

/** Whether the same tap may still take effect: nobody has answered, or the service is away. */
export const mayTryAgain = (refusal: Refusal): boolean => refusal.status === 0 || refusal.status >= 500;

export function useTap(): Tap {
  const [sending, setSending] = useState<string | null>(null);
  const [failed, setFailed] = useState<{ held: Held; refusal: Refusal } | null>(null);
  const run = useCallback((held: Held) => {
    setSending(held.what);
    setFailed(null);
    held
      .send(held.key)
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        setFailed({ held, refusal: error });
      })
      .finally(() => setSending(null));
  }, []);
  const tap = useCallback((what: string, send: Send) => run({ what, send, key: newKey() }), [run]);
  const dismiss = useCallback(() => setFailed(null), []);
  return {
    sending,
    failed: failed && {
      what: failed.held.what,
      why: refusalText(failed.refusal),
      again: mayTryAgain(failed.refusal) ? () => run(failed.held) : null,
    },
    tap,
    dismiss,
  };
}
