// Where this device is, sent as the unit's position while a person holds the unit; the browser asks the person first.
import { useEffect, useState } from "react";
import { act, Refusal } from "../api";
import type { Fix } from "../contracts";
import { useLive } from "../store";

/** off: not asked for. asking: the browser asks the person. denied, absent: it cannot be. lost: no fix or no net. */
export type Sending = "off" | "asking" | "sending" | "denied" | "absent" | "lost";

const EVERY_MS = 2000;
const STALE_MS = 30_000;
const DENIED = 1;

/** A fix of the browser as the services take it; what the device does not know is left out. */
export function fixOf(unitId: string, coords: Pick<GeolocationCoordinates, "longitude" | "latitude" | "speed" | "heading">, at_ms: number): Fix {
  const { longitude, latitude, speed, heading } = coords;
  return {
    unit_id: unitId,
    at: [longitude, latitude],
    fixed_at: new Date(at_ms).toISOString(),
    ...(speed !== null && speed >= 0 && speed <= 120 ? { speed_mps: speed } : {}),
    ...(heading !== null && heading >= 0 && heading <= 360 ? { heading_deg: heading } : {}),
  };
}

const send = (fix: Fix): Promise<unknown> => act("POST", "/api/dispatch/positions", { fixes: [fix] });

/** Sends positions while `wanted`, at most one in two seconds; says how that goes. */
export function usePositionSending(unitId: string, wanted: boolean): Sending {
  const live = useLive();
  const [sending, setSending] = useState<Sending>("off");
  useEffect(() => {
    if (!wanted) return;
    const found = (navigator as { geolocation?: Geolocation }).geolocation;
    if (!found || !window.isSecureContext) {
      const told = setTimeout(() => setSending("absent"));
      return () => clearTimeout(told);
    }
    let last = -EVERY_MS;
    const asked = setTimeout(() => setSending("asking"));
    const watch = found.watchPosition(
      ({ coords }) => {
        clearTimeout(asked);
        if (performance.now() - last < EVERY_MS) return;
        last = performance.now();
        send(fixOf(unitId, coords, live.now() ?? Date.now())).then(() => setSending("sending"), (error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          setSending("lost");
        });
      },
      ({ code }) => {
        clearTimeout(asked);
        setSending(code === DENIED ? "denied" : "lost");
      },
      { enableHighAccuracy: true, maximumAge: EVERY_MS, timeout: STALE_MS },
    );
    return () => {
      clearTimeout(asked);
      found.clearWatch(watch);
    };
  }, [unitId, wanted, live]);
  return wanted ? sending : "off";
}
