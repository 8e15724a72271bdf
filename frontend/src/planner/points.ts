// Places for candidates out of what somebody pastes or opens: a table with or without a head, or GeoJSON points. Pure.
import type { LonLat } from "../geo";
import type { Corners } from "../map/areas";
import { toWgs84, type System } from "./crs";

/** A place with the name that the file gave it, if it gave one. */
export interface Named {
  readonly at: LonLat;
  readonly name: string;
}

/** `refused`: what holds no place, or one outside the map, as it was given. */
export interface Found {
  readonly points: readonly Named[];
  readonly refused: readonly string[];
}

/** No siting takes more. */
export const MOST_POINTS = 500;
/** A place this far outside the drawn map is left to the service to judge. */
const MARGIN_DEG = 0.2;

/**
 * The places in a text, brought from its system of coordinates into WGS-84. Without a head, longitude comes first; where
 * only the other order lies on the map, it is taken.
 */
export function readPoints(text: string, map: Corners, system: System = "WGS84"): Found {
  const plain = text.replace(/^\uFEFF/, "").trim();
  if (plain === "") return { points: [], refused: [] };
  const place: Placing = (lon, lat) => placed(lon, lat, map, system);
  return /^[{[]/.test(plain) ? readGeoJson(plain, place) : readTable(plain, place);
}

/** Both lists in one: a place that is already there is not taken twice. */
export function merged(known: readonly Named[], found: readonly Named[]): readonly Named[] {
  const seen = new Set(known.map(key));
  const fresh = found.filter((each) => !seen.has(key(each)) && seen.add(key(each)));
  return [...known, ...fresh];
}

const key = ({ at }: Named): string => at.map((degrees) => degrees.toFixed(6)).join();

const inside = ([lon, lat]: readonly [number, number], [west, south, east, north]: Corners): boolean =>
  lon >= west - MARGIN_DEG && lon <= east + MARGIN_DEG && lat >= south - MARGIN_DEG && lat <= north + MARGIN_DEG;

/** A place out of two degrees, null where it is none or off the map. */
type Placing = (lon: number, lat: number) => LonLat | null;

function placed(lon: number, lat: number, map: Corners, system: System): LonLat | null {
  const at: LonLat | null = inside([lon, lat], map) ? [lon, lat] : inside([lat, lon], map) ? [lat, lon] : null;
  if (!at) return null;
  const [east, north] = toWgs84(at, system);
  return [rounded(east), rounded(north)];
}

const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

const HEADS = {
  lon: /^(lon|lng|long|longitude|x|经度)$/i,
  lat: /^(lat|latitude|y|纬度)$/i,
  name: /^(name|title|名称|名字|站名|地点)$/i,
} as const;

interface Columns {
  readonly lon: number;
  readonly lat: number;
  readonly name: number;
}

function readTable(text: string, place: Placing): Found {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const columns = columnsOf(cells(lines[0] ?? ""));
  const found = (columns ? lines.slice(1) : lines).map((line) => ({ line, point: pointOf(cells(line), columns, place) }));
  return {
    points: found.flatMap(({ point }) => (point ? [point] : [])),
    refused: found.flatMap(({ line, point }) => (point ? [] : [line])),
  };
}

/** Cells of a line: separated by commas, semicolons or tabs, else by spaces; quoted ones may hold any of them. */
function cells(line: string): readonly string[] {
  const separated = /[,;，；\t]/.test(line) ? /("(?:[^"]|"")*"|[^,;，；\t]*)(?:[,;，；\t]|$)/g : /("(?:[^"]|"")*"|\S+)(?:\s+|$)/g;
  return [...line.matchAll(separated)].map((found) => (found[1] ?? "").trim().replace(/^"(.*)"$/, "$1").replaceAll('""', '"').trim());
}

function columnsOf(head: readonly string[]): Columns | null {
  const at = (pattern: RegExp) => head.findIndex((cell) => pattern.test(cell));
  const [lon, lat] = [at(HEADS.lon), at(HEADS.lat)];
  return lon < 0 || lat < 0 ? null : { lon, lat, name: at(HEADS.name) };
}

function pointOf(row: readonly string[], columns: Columns | null, place: Placing): Named | null {
  if (columns) {
    const at = place(number(row[columns.lon]), number(row[columns.lat]));
    return at && { at, name: row[columns.name] ?? "" };
  }
  const first = row.findIndex((cell, i) => !Number.isNaN(number(cell)) && !Number.isNaN(number(row[i + 1])));
  const at = first < 0 ? null : place(number(row[first]), number(row[first + 1]));
  return at && { at, name: row.find((cell) => cell !== "" && Number.isNaN(number(cell))) ?? "" };
}

const number = (cell: string | undefined): number => (cell === undefined || cell.trim() === "" ? NaN : Number(cell));

function readGeoJson(text: string, place: Placing): Found {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { points: [], refused: [text] };
  }
  const found = featuresOf(parsed).map((feature) => ({ feature, points: pointsOf(feature, place) }));
  return {
    points: found.flatMap(({ points }) => points),
    refused: found.flatMap(({ feature, points }) => (points.length > 0 ? [] : [JSON.stringify(feature)])),
  };
}

interface Loose {
  readonly type?: unknown;
  readonly features?: unknown;
  readonly geometry?: unknown;
  readonly coordinates?: unknown;
  readonly properties?: unknown;
}

const loose = (value: unknown): Loose => (typeof value === "object" && value !== null ? value : {});

function featuresOf(parsed: unknown): readonly unknown[] {
  const { features } = loose(parsed);
  return Array.isArray(features) ? features : Array.isArray(parsed) ? parsed : [parsed];
}

function pointsOf(feature: unknown, place: Placing): readonly Named[] {
  const { geometry, properties } = loose(feature);
  const { type, coordinates } = loose(geometry ?? feature);
  const pairs: readonly unknown[] = type === "Point" ? [coordinates] : type === "MultiPoint" && Array.isArray(coordinates) ? coordinates : [];
  return pairs.flatMap((pair) => {
    if (!Array.isArray(pair) || typeof pair[0] !== "number" || typeof pair[1] !== "number") return [];
    const at = place(pair[0], pair[1]);
    return at ? [{ at, name: nameOf(properties) }] : [];
  });
}

function nameOf(properties: unknown): string {
  const entries = Object.entries(loose(properties) as Readonly<Record<string, unknown>>);
  const found = entries.find(([name, value]) => HEADS.name.test(name) && typeof value === "string");
  return found ? String(found[1]) : "";
}
