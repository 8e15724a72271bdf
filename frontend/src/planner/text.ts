// Figures and places as this screen writes them. Pure.
import type { Basemap } from "../map/basemap";
import { metresBetween, type LonLat } from "../geo";
import { clockText, durationText, numberText } from "../times";
import { nameOf, t, word } from "../words";

/** A share from 0 to 1 as `36.8 %`; a dash where there is none. */
export const percent = (share: number | undefined, digits = 1): string => (share === undefined ? "—" : `${(share * 100).toFixed(digits)} %`);

/** A difference of shares in points, with its sign: `+1.4`. */
export function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1);
  return difference < 0 && text !== "0.0" ? `−${text}` : `+${text}`;
}

/** Per cent of the city's risk: `+1.43 %`. */
export const gain = (pct: number): string => `${pct < 0 ? "−" : "+"}${Math.abs(pct).toFixed(2)} %`;

/** Risk in parts of 100,000 as per cent of the city. */
export const riskText = (risk: number): string => `${(risk / 1000).toFixed(2)} %`;

export const limitText = (limit_s: number): string => t("planner.minutes", { n: limit_s / 60 });

/** A time of arrival, or the word for never. */
export const dueText = (seconds: number | null): string => (seconds === null ? t("planner.never") : durationText(seconds));

/** 87.61770, 43.79280 */
export const atText = ([lon, lat]: LonLat): string => `${lon.toFixed(5)}, ${lat.toFixed(5)}`;

const NEAR_M = 1_200;

/** What the map has a name for near a place, in the language of the screen: `人民广场`, `人民广场东北 2.3 km`; else its degrees. */
export function placeName(at: LonLat, map: Basemap | null): string {
  const named = (map?.layers.places.features ?? []).flatMap(({ properties, geometry }) => {
    const { name, name_en } = (properties ?? {}) as Readonly<Record<string, unknown>>;
    if (geometry.type !== "Point" || typeof name !== "string" || properties?.["kind"] === "district") return [];
    const from: LonLat = [geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0];
    return [{ name: nameOf({ name, name_en: typeof name_en === "string" ? name_en : "" }), from, metres: metresBetween(from, at) }];
  });
  const nearest = named.reduce<{ name: string; from: LonLat; metres: number } | null>((best, each) => (!best || each.metres < best.metres ? each : best), null);
  if (!nearest) return atText(at);
  if (nearest.metres < NEAR_M) return nearest.name;
  return t("planner.from", { place: nearest.name, side: t(`planner.side.${sideOf(nearest.from, at)}`), km: numberText(nearest.metres / 1000, 1) });
}

/** When and on what a figure was made: `按 14:29:05 推算 · 路网 … · 封路 …`. */
export function madeText({ at, map_version, closures_version }: { readonly at: string; readonly map_version: string; readonly closures_version: string }): string {
  const closures = closures_version === "none" || closures_version === "" ? t("planner.no_closures") : t("planner.closures", { version: short(closures_version) });
  return t("planner.made", { at: clockText(at), map: short(map_version), closures });
}

/** The beginning of a version that is a hash. */
const short = (version: string): string => (version.length > 12 ? version.slice(0, 8) : version);

/** Ages of the copies behind a figure, as `台账 0.4 秒 · 预案 1.2 秒`. */
export const agesText = (ages_s: Readonly<Record<string, number>>): string =>
  Object.entries(ages_s).map(([copy, age]) => `${word("planner.copy", copy)} ${t("fresh.age", { age: age.toFixed(1) })}`).join(" · ");

/** On which side of a place another lies, in eighths of the circle from north by east. */
export function sideOf(from: LonLat, to: LonLat): 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 {
  const east = (to[0] - from[0]) * Math.cos((from[1] * Math.PI) / 180);
  const eighths = Math.round((Math.atan2(east, to[1] - from[1]) / Math.PI) * 4);
  return ((eighths + 8) % 8) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
}
