// Filled areas and dots on the base map: each says its colour, edge and size itself. Pure.
import type { LonLat } from "../geo";

/** How an area is drawn: `width` of its edge in px, 0 for none. */
export interface Tone {
  readonly fill: string;
  readonly edge: string;
  readonly opacity: number;
  readonly width: number;
}

/** West, south, east, north. */
export type Corners = readonly [number, number, number, number];

const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: "FeatureCollection", features });

/** Boxes with their tones; those that come later lie above. */
export function boxes(areas: readonly { readonly box: Corners; readonly tone: Tone }[]): GeoJSON.FeatureCollection {
  return collection(areas.map(({ box: [west, south, east, north], tone }) => ({
    type: "Feature",
    properties: { ...tone },
    geometry: { type: "Polygon", coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] },
  })));
}

/** Dots with a colour, an edge and a radius in px. */
export function dots(places: readonly { readonly at: LonLat; readonly fill: string; readonly edge: string; readonly radius: number }[]): GeoJSON.FeatureCollection {
  return collection(places.map(({ at, fill, edge, radius }) => ({
    type: "Feature", properties: { fill, edge, radius }, geometry: { type: "Point", coordinates: [...at] },
  })));
}
