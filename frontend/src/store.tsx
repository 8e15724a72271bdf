// The live connection and the language for React: one provider, narrow hooks.
import { createContext, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { liveTicket, Refusal } from "./api";
import type { Position } from "./contracts";
import { Live, type Edges, type Health, type Socket } from "./live";
import type { Picture } from "./picture";
import { setLanguage, type Language } from "./words";

const LiveContext = createContext<Live | null>(null);

/** Sockets, timers and tickets of a real browser. */
export const browserEdges: Edges = {
  now: () => performance.now(),
  random: () => Math.random(),
  later: (run, after_ms) => {
    const timer = setTimeout(run, after_ms);
    return () => clearTimeout(timer);
  },
  ticket: liveTicket,
  open: (ticket) => {
    const address = new URL("/live", window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(address, ["muster", ticket]) as Socket;
  },
  final: (error) => error instanceof Refusal && (error.status === 401 || error.status === 403),
};

/** Opens one connection for everything below it. */
export function LiveProvider({ realm = "live", edges = browserEdges, children }: { realm?: string; edges?: Edges; children: ReactNode }) {
  const live = useMemo(() => new Live(realm, edges), [realm, edges]);
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive outside of LiveProvider");
  return live;
}

/** What a question about the picture answers; renders again only when the answer is another object. */
export function usePicture<R>(ask: (picture: Picture) => R): R {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => ask(live.picture));
}

const TICK_MS = 200;

/** Realm time in ms, floored to `step_ms`; null before the first frame. */
export function useNow(step_ms = 1000): number | null {
  const live = useLive();
  return useTicking(() => {
    const now = live.now();
    return now === null ? null : Math.floor(now / step_ms) * step_ms;
  });
}

/** Freshness, ages in tenths of a second. */
export const useHealth = (): Health & { readonly rate: number } => useHealthBy(everything);

/** The same where no age is shown: renders again only when the freshness changes or the server refuses. */
export const useFreshness = (): Omit<Health, "frame_age_s" | "beat_age_s"> => useHealthBy(freshnessOnly);

const freshnessOnly = ({ freshness, refused }: Health): string => [freshness, refused !== null].join("|");

function everything({ freshness, frame_age_s, beat_age_s, degraded, refused }: Health, rate: number): string {
  const age = freshness === "stale" ? Math.floor(beat_age_s) : Math.round(frame_age_s * 5) / 5;
  return [freshness, age, degraded.join(), refused !== null, rate].join("|");
}

/** The health as it was when its key last changed. */
function useHealthBy(keyOf: (health: Health, rate: number) => string): Health & { readonly rate: number } {
  const live = useLive();
  const key = useTicking(() => keyOf(live.health(), live.rate));
  return useMemo(() => ({ ...live.health(), rate: live.rate, key }), [live, key]);
}

function useTicking<V extends string | number | null>(look: () => V): V {
  const live = useLive();
  const subscribe = useCallback(
    (changed: () => void) => {
      const stop = live.subscribe(changed);
      const timer = setInterval(changed, TICK_MS);
      return () => {
        stop();
        clearInterval(timer);
      };
    },
    [live],
  );
  return useSyncExternalStore(subscribe, look);
}

/** Positions as they were at the last tick; for lists. Maps listen to `live.onPositions` instead. */
export function usePositions(every_ms = 1000): ReadonlyMap<string, Position> {
  const live = useLive();
  const [positions, setPositions] = useState<ReadonlyMap<string, Position>>(() => new Map(live.positions));
  useEffect(() => {
    const timer = setInterval(() => setPositions(new Map(live.positions)), every_ms);
    return () => clearInterval(timer);
  }, [live, every_ms]);
  return positions;
}

const LanguageContext = createContext<{ language: Language; change: (next: Language) => void }>({
  language: "zh",
  change: () => undefined,
});

const REMEMBERED = "muster.language";

function firstLanguage(): Language {
  const asked = new URLSearchParams(window.location.search).get("lang") ?? window.localStorage.getItem(REMEMBERED);
  return asked === "en" ? "en" : "zh";
}

/** Holds the language; what is below is built anew when it changes, so that every word follows. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [chosen, choose] = useState<Language>(() => {
    const first = firstLanguage();
    setLanguage(first);
    return first;
  });
  useEffect(() => {
    document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  }, [chosen]);
  const change = useCallback((next: Language) => {
    setLanguage(next);
    window.localStorage.setItem(REMEMBERED, next);
    choose(next);
  }, []);
  const held = useMemo(() => ({ language: chosen, change }), [chosen, change]);
  return (
    <LanguageContext value={held}>
      <div key={chosen} style={{ display: "contents" }}>
        {children}
      </div>
    </LanguageContext>
  );
}

/** The language and how to change it. */
export const useLanguage = () => useContext(LanguageContext);
