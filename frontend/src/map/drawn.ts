// What a screen draws on the base map besides symbols: routes, closures, micro stations; fetched once each.
import { useEffect, useMemo, useRef, useState } from "react";
import { read } from "../api";
import type { Assignment, Closure, MicroStation, Route } from "../contracts";
import type { LonLat } from "../geo";

const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

const collection = (features: readonly GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: "FeatureCollection", features: [...features] });
const feature = (geometry: GeoJSON.Geometry, properties: GeoJSON.GeoJsonProperties = {}): GeoJSON.Feature => ({ type: "Feature", properties, geometry });
const plain = (points: readonly LonLat[]): GeoJSON.Position[] => points.map(([lon, lat]) => [lon, lat]);

/** Lines along points; `colour` of a line may differ from the style's. */
export function lines(paths: readonly { readonly points: readonly LonLat[]; readonly colour?: string }[]): GeoJSON.FeatureCollection {
  return collection(paths.map(({ points, colour }) => feature({ type: "LineString", coordinates: plain(points) }, colour ? { colour } : {})));
}

/** Boxes (west, south, east, north in degrees) as areas; `lost` tells two looks apart. */
export function boxes(found: readonly { readonly box: readonly [number, number, number, number]; readonly lost: boolean }[]): GeoJSON.FeatureCollection {
  return collection(
    found.map(({ box: [west, south, east, north], lost }) =>
      feature({ type: "Polygon", coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] }, { lost }),
    ),
  );
}

/** Closures in force at an instant in ms. */
const closuresInForce = (closures: Iterable<Closure>, now: number): readonly Closure[] =>
  [...closures].filter((c) => !c.lifted && Date.parse(c.valid_from) <= now && (c.valid_to === null || Date.parse(c.valid_to) > now));

/** Areas of the closures in force at an instant in ms. */
function closureAreas(closures: Iterable<Closure>, now: number): GeoJSON.FeatureCollection {
  const areas = closuresInForce(closures, now).map((c) => [...plain(c.ring), ...plain(c.ring.slice(0, 1))]);
  return collection(areas.map((ring) => feature({ type: "Polygon", coordinates: [ring] })));
}

/** The same areas; the same object until another set of closures is in force. */
export function useClosureAreas(closures: ReadonlyMap<string, Closure>, now: number): GeoJSON.FeatureCollection {
  const key = closuresInForce(closures.values(), now).map((c) => `${c.id}@${c.version}`).join(" ");
  // The key says which closures, at which version: the clock and the map that holds them change more often.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => closureAreas(closures.values(), now), [key]);
}

/** Routes of assignments by id, asked for once each and kept while the assignment is on the list. */
export function useRoutes(assignments: readonly Assignment[]): ReadonlyMap<string, Route> {
  const cache = useRef(new Map<string, Route>());
  const [routes, setRoutes] = useState<ReadonlyMap<string, Route>>(new Map());
  const wanted = assignments.map((a) => a.id).sort().join(" ");
  useEffect(() => {
    const stop = new AbortController();
    const ids = wanted === "" ? [] : wanted.split(" ");
    const known = cache.current;
    for (const id of known.keys()) if (!ids.includes(id)) known.delete(id);
    const missing = ids.filter((id) => !known.has(id));
    const asked = missing.map(async (id) => known.set(id, await read<Route>(`/api/dispatch/assignments/${id}/route`, stop.signal)));
    // All at once: every change of the lines repaints the city. Without a road path a unit is drawn without a line.
    void Promise.allSettled(asked).then(() => {
      if (!stop.signal.aborted) setRoutes(new Map(known));
    });
    return () => stop.abort();
  }, [wanted]);
  return routes;
}

/** The micro stations as points; empty until they are there. */
export function useMicroStations(): GeoJSON.FeatureCollection {
  const [stations, setStations] = useState<readonly MicroStation[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      read<readonly MicroStation[]>("/api/resources/micro-stations", stop.signal).then(setStations, () => {
        if (!stop.signal.aborted) timer = setTimeout(ask, 10_000);
      });
    };
    ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, []);
  return useMemo(
    () => (stations.length === 0 ? NOTHING : collection(stations.map((s) => feature({ type: "Point", coordinates: [...s.at] })))),
    [stations],
  );
}
