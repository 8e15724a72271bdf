// What a service answers when it is asked again and again: the last good answer stays while a newer one is refused.
import { useCallback, useEffect, useState } from "react";
import { read, Refusal } from "../api";
import { passes } from "./follow";

/** `value` is the last good answer, `refusal` why there is no newer one. */
export interface Asked<V> {
  readonly value: V | null;
  readonly refusal: Refusal | null;
  /** Asks at once. */
  readonly again: () => void;
}

/** How long to wait after a good answer and after a refusal that passes, in ms. */
export interface Pace {
  readonly good_ms: number;
  readonly refused_ms: number;
}

/** Asks a path at a pace; a refusal that does not pass ends it until `again`. `turn` of another value asks anew. */
export function useAsked<V>(path: string, { good_ms, refused_ms }: Pace, turn = ""): Asked<V> {
  const [{ value, refusal }, setAnswer] = useState<{ value: V | null; refusal: Refusal | null }>({ value: null, refusal: null });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      read<V>(path, stop.signal).then(
        (found) => {
          if (stop.signal.aborted) return;
          setAnswer({ value: found, refusal: null });
          timer = setTimeout(ask, good_ms);
        },
        (error: unknown) => {
          if (stop.signal.aborted || !(error instanceof Refusal)) return;
          setAnswer((was) => ({ value: was.value, refusal: error }));
          if (passes(error)) timer = setTimeout(ask, refused_ms);
        },
      );
    };
    ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path, good_ms, refused_ms, round, turn]);
  return { value, refusal, again };
}
