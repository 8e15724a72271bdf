// How long the open question to the solver has been open, and when that is worth showing.
import { useEffect, useState } from "react";
import { useDesk } from "./state";

/** Below this nothing changes on the screen, so that quick answers do not flicker. */
export const FLICKER_S = 0.3;

/** Seconds since the open question was asked; 0 while none is open. */
export function useSolving(): number {
  const { state } = useDesk();
  const since = state.solvingSince;
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, [since]);
  return since === null ? 0 : Math.max(0, (now - since) / 1000);
}
