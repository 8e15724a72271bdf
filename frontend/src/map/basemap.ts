// The base map of the loaded road network: its layers as the server gives them, fetched once.
import { useEffect, useState } from "react";
import { read } from "../api";

export type LayerName =
  | "built" | "green" | "water" | "waterways" | "districts" | "roads" | "rail" | "limits" | "places" | "landmarks";

export interface Basemap {
  readonly attribution: string;
  readonly map_version: string;
  /** West, south, east, north. */
  readonly box: readonly [number, number, number, number];
  readonly layers: Readonly<Record<LayerName, GeoJSON.FeatureCollection>>;
}

const TRY_AGAIN_MS = 5000;
let known: Promise<Basemap> | null = null;

function basemap(): Promise<Basemap> {
  known ??= read<Basemap>("/api/gateway/basemap").catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

/** The base map, or null while it is not there; asks again until it is. `failed` tells that the last try did not work. */
export function useBasemap(): { readonly map: Basemap | null; readonly failed: boolean } {
  const [state, setState] = useState<{ map: Basemap | null; failed: boolean }>({ map: null, failed: false });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      basemap().then(
        (map) => {
          if (!stopped) setState({ map, failed: false });
        },
        () => {
          if (stopped) return;
          setState({ map: null, failed: true });
          timer = setTimeout(ask, TRY_AGAIN_MS);
        },
      );
    };
    ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);
  return state;
}
