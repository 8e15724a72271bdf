// The bell of an order: rung again every 15 s until it is taken, by a tone of the browser's own.
import { useEffect, useState, useSyncExternalStore } from "react";

/** Real seconds between two rings. */
export const RING_EVERY_S = 15;
const TONES_HZ = [880, 660, 880, 660];
const TONE_S = 0.22;

let audio: AudioContext | null = null;
const listeners = new Set<() => void>();

/** Browsers let a page sound only after it was touched. */
function wake(): void {
  audio ??= new AudioContext();
  void audio.resume().then(() => listeners.forEach((tell) => tell()));
}

/** Two-tone bell; false where the browser does not let it sound. */
function ring(): boolean {
  if (audio?.state !== "running") return false;
  const context = audio;
  TONES_HZ.forEach((hz, i) => {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const start = context.currentTime + i * TONE_S;
    tone.frequency.value = hz;
    loudness.gain.setValueAtTime(0.35, start);
    loudness.gain.exponentialRampToValueAtTime(0.01, start + TONE_S);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + TONE_S);
  });
  return true;
}

export interface Bell {
  /** How often it has rung for this order. */
  readonly n: number;
  /** Real seconds until it rings again. */
  readonly next_s: number;
  /** Whether the browser lets it sound. */
  readonly audible: boolean;
}

/** Rings while `order` names one, at once and then every 15 s; silent while muted. */
export function useBell(order: string | null, muted: boolean): Bell {
  const [held, setHeld] = useState({ order: "", seconds: 0 });
  const audible = useSyncExternalStore(subscribe, () => audio?.state === "running");
  useEffect(() => {
    window.addEventListener("pointerdown", wake);
    window.addEventListener("keydown", wake);
    return () => {
      window.removeEventListener("pointerdown", wake);
      window.removeEventListener("keydown", wake);
    };
  }, []);
  useEffect(() => {
    if (order === null) return;
    let seconds = 0;
    const sound = () => {
      if (!muted) ring();
    };
    sound();
    const timer = setInterval(() => {
      seconds += 1;
      if (seconds % RING_EVERY_S === 0) sound();
      setHeld({ order, seconds });
    }, 1000);
    return () => clearInterval(timer);
  }, [order, muted]);
  const seconds = held.order === order ? held.seconds : 0;
  return { n: 1 + Math.floor(seconds / RING_EVERY_S), next_s: RING_EVERY_S - (seconds % RING_EVERY_S), audible };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
