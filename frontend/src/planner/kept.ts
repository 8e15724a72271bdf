// State that outlives a change of language, another tab of the screen and a reload: held by the browser for this window.
import { useEffect, useState, type Dispatch, type SetStateAction } from "react";

const PREFIX = "muster:planner:";

/** Like `useState`, with what was held under this name last in place of `first`. */
export function useKept<V>(name: string, first: V): [V, Dispatch<SetStateAction<V>>] {
  const [value, setValue] = useState<V>(() => (held(name) as V | null) ?? first);
  useEffect(() => {
    try {
      window.sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
    } catch {
      // A full or forbidden storage loses only what would outlive the page.
    }
  }, [name, value]);
  return [value, setValue];
}

function held(name: string): unknown {
  try {
    return JSON.parse(window.sessionStorage.getItem(PREFIX + name) ?? "null") as unknown;
  } catch {
    return null;
  }
}
