// The drawn city: a quiet dark (or light) style over the base map's own layers. No tiles, no glyph server, no sprite.
import type {
  ExpressionSpecification,
  GeoJSONSourceSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";
import type { Basemap, LayerName } from "./basemap";

export type MapTheme = "dark" | "light";

const DARK = {
  ground: "#0b1016", built: "#0f1720", green: "#10201c", water: "#16304a", district: "#3d5266", rail: "#2b3a48",
  minor: "#1b2733", middle: "#26374a", major: "#34495f", express: "#4a6580", casing: "#0b1016",
  roadName: "#8fa3b6", placeName: "#b9c7d4", halo: "#0b1016",
  route: "#9acbf3", routeCasing: "#0b1016", closure: "#ff8d9a", ring: "#fcb45a", micro: "#7fa597", move: "#42d889",
};
const LIGHT: typeof DARK = {
  ground: "#f4f5f2", built: "#ecede8", green: "#dcebdc", water: "#bcd7ee", district: "#8b98a5", rail: "#b7bdc3",
  minor: "#dfe3e0", middle: "#cfd6d4", major: "#b4bfc6", express: "#8fa2b2", casing: "#ffffff",
  roadName: "#4a5966", placeName: "#33404c", halo: "#f4f5f2",
  route: "#0b5cad", routeCasing: "#ffffff", closure: "#c4161c", ring: "#a35a00", micro: "#4f7f6c", move: "#00704f",
};

/** Sources that a screen fills while the map lives. */
export const OWN_SOURCES = ["zones", "beyond", "moves", "routes", "closures", "rings", "micro", "dots"] as const;
export type OwnSource = (typeof OWN_SOURCES)[number];

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const FONT = ["Noto Sans CJK SC"];

const kindIn = (...kinds: string[]): ExpressionSpecification => ["in", ["get", "kind"], ["literal", kinds]];

/** Width in px by zoom, `scale` px at the design size of 1080 lines. */
function width(scale: number, at10: number, at13: number, at16: number): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.4], ["zoom"], 10, at10 * scale, 13, at13 * scale, 16, at16 * scale];
}

/** The whole style. `scale` is 1 on a screen of 1080 lines, 2 on one of 2160. */
export function baseStyle(basemap: Basemap, theme: MapTheme, scale: number): StyleSpecification {
  const colour = theme === "dark" ? DARK : LIGHT;
  const sources: Record<string, GeoJSONSourceSpecification> = {};
  for (const name of Object.keys(basemap.layers) as LayerName[]) {
    sources[name] = { type: "geojson", data: basemap.layers[name], tolerance: 0.6, buffer: 32, maxzoom: 14 };
  }
  for (const name of OWN_SOURCES) sources[name] = { type: "geojson", data: EMPTY, tolerance: 0.3 };
  const layers = [...ground(colour, scale), ...roads(colour, scale), ...own(colour, scale), ...names(colour, scale)];
  return { version: 8, sources, layers: layers.filter((l) => !("source" in l) || l.source in sources) };
}

function ground(colour: typeof DARK, scale: number): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": colour.ground } },
    { id: "built", type: "fill", source: "built", paint: { "fill-color": colour.built } },
    { id: "green", type: "fill", source: "green", paint: { "fill-color": colour.green } },
    { id: "water", type: "fill", source: "water", paint: { "fill-color": colour.water } },
    { id: "waterways", type: "line", source: "waterways", paint: { "line-color": colour.water, "line-width": width(scale, 1, 2.4, 6) } },
    {
      id: "districts", type: "line", source: "districts",
      paint: { "line-color": colour.district, "line-width": 1.2 * scale, "line-dasharray": [4, 3], "line-opacity": 0.7 },
    },
  ];
}

function roads(colour: typeof DARK, scale: number): LayerSpecification[] {
  const road = (id: string, kinds: string[], paint: string, widths: [number, number, number], minzoom = 0): LayerSpecification => ({
    id, type: "line", source: "roads", minzoom, filter: kindIn(...kinds),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": paint, "line-width": width(scale, ...widths) },
  });
  const express = ["motorway", "trunk"];
  return [
    road("minor", ["residential", "unclassified", "living_street", "service", "road", "track", "pedestrian"], colour.minor, [0.35, 1, 5], 9.5),
    road("middle", ["tertiary"], colour.middle, [0.6, 1.6, 7]),
    road("major", ["secondary", "primary"], colour.major, [0.9, 2.2, 9]),
    {
      id: "rail", type: "line", source: "rail",
      paint: { "line-color": colour.rail, "line-width": width(scale, 0.8, 1.6, 3), "line-dasharray": [5, 2] },
    },
    road("express-casing", express, colour.casing, [2.4, 5, 15]),
    road("express", express, colour.express, [1.2, 2.8, 10]),
  ];
}

function own(colour: typeof DARK, scale: number): LayerSpecification[] {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const toned: ExpressionSpecification = ["coalesce", ["get", "colour"], colour.route];
  return [
    { id: "zones-fill", type: "fill", source: "zones", paint: { "fill-color": ["get", "fill"], "fill-opacity": ["get", "opacity"] } },
    { id: "zones-edge", type: "line", source: "zones", paint: { "line-color": ["get", "edge"], "line-width": ["*", ["get", "width"], scale] } },
    { id: "beyond", type: "fill", source: "beyond", paint: { "fill-pattern": ["case", ["get", "lost"], "hatch-lost", "hatch-late"] } },
    { id: "closures-fill", type: "fill", source: "closures", paint: { "fill-color": colour.closure, "fill-opacity": 0.16 } },
    { id: "closures", type: "line", source: "closures", paint: { "line-color": colour.closure, "line-width": 2.2 * scale, "line-dasharray": [2, 1.6] } },
    {
      id: "micro", type: "circle", source: "micro",
      paint: { "circle-radius": 1.5 * scale, "circle-color": colour.micro, "circle-opacity": 0.55 },
    },
    { id: "rings", type: "line", source: "rings", paint: { "line-color": colour.ring, "line-width": 1.6 * scale, "line-dasharray": [4, 3] } },
    {
      id: "moves", type: "line", source: "moves", layout: round,
      paint: { "line-color": ["coalesce", ["get", "colour"], colour.move], "line-width": 3 * scale, "line-dasharray": [1.4, 2] },
    },
    { id: "routes-casing", type: "line", source: "routes", layout: round, paint: { "line-color": colour.routeCasing, "line-width": 7 * scale } },
    { id: "routes", type: "line", source: "routes", layout: round, paint: { "line-color": toned, "line-width": 3.4 * scale } },
    {
      id: "dots", type: "circle", source: "dots",
      paint: { "circle-radius": ["*", ["get", "radius"], scale], "circle-color": ["get", "fill"], "circle-stroke-color": ["get", "edge"], "circle-stroke-width": 1.4 * scale },
    },
  ];
}

function names(colour: typeof DARK, scale: number): LayerSpecification[] {
  const paint = { "text-halo-color": colour.halo, "text-halo-width": 2 * scale };
  return [
    {
      id: "road-names", type: "symbol", source: "roads", minzoom: 10.2,
      filter: ["all", kindIn("motorway", "trunk", "primary", "secondary"), ["has", "name"]],
      layout: {
        "symbol-placement": "line", "symbol-spacing": 620 * scale, "text-field": ["get", "name"],
        "text-font": FONT, "text-size": 17 * scale, "text-padding": 24 * scale,
      },
      paint: { ...paint, "text-color": colour.roadName },
    },
    {
      id: "place-names", type: "symbol", source: "places",
      filter: ["any", kindIn("district"), [">=", ["zoom"], 10.5]],
      layout: {
        "text-field": ["get", "name"], "text-font": FONT, "text-letter-spacing": 0.18, "text-padding": 12 * scale,
        "text-size": ["case", kindIn("district"), 20 * scale, 17 * scale],
        "symbol-sort-key": ["case", kindIn("district"), 0, 1],
      },
      paint: { ...paint, "text-color": colour.placeName },
    },
  ];
}
