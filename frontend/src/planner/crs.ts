// Coordinates into WGS-84: GCJ-02 and BD-09 by iterating their published forward formulas, as the importer does. Pure.
import type { LonLat } from "../geo";

/** The systems in which points may come. GCJ-02 is what AMap and Tencent hand out, BD-09 what Baidu does. */
export const SYSTEMS = ["WGS84", "GCJ02", "BD09"] as const;
export type System = (typeof SYSTEMS)[number];

const AXIS_M = 6_378_245;
const ECCENTRICITY2 = 0.006693421622965943;
const BAIDU_PI = (Math.PI * 3000) / 180;
const CLOSE_DEG = 1e-9;
const ROUNDS = 30;

/** The place in WGS-84, degrees. */
export function toWgs84(place: LonLat, system: System): LonLat {
  if (system === "WGS84") return place;
  return undone(place, system === "GCJ02" ? gcj02 : bd09);
}

/** The place whose image is `image`: the offset varies slowly, so each round shrinks the error a hundredfold. */
function undone(image: LonLat, forward: (place: LonLat) => LonLat): LonLat {
  let [lon, lat] = image;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [x, y] = forward([lon, lat]);
    const [offLon, offLat] = [x - image[0], y - image[1]];
    lon -= offLon;
    lat -= offLat;
    if (Math.abs(offLon) < CLOSE_DEG && Math.abs(offLat) < CLOSE_DEG) break;
  }
  return [lon, lat];
}

/** WGS-84 to BD-09. */
export function bd09(place: LonLat): LonLat {
  const [lon, lat] = gcj02(place);
  const radius = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BAIDU_PI);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BAIDU_PI);
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006];
}

/** WGS-84 to GCJ-02; outside China's box the two are one. */
export function gcj02([lon, lat]: LonLat): LonLat {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const radians = (lat * Math.PI) / 180;
  const magic = 1 - ECCENTRICITY2 * Math.sin(radians) ** 2;
  const meridian_m = (AXIS_M * (1 - ECCENTRICITY2)) / (magic * Math.sqrt(magic));
  const parallel_m = (AXIS_M / Math.sqrt(magic)) * Math.cos(radians);
  return [lon + degrees(east_m(x, y) / parallel_m), lat + degrees(north_m(x, y) / meridian_m)];
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

const ripple = (x: number): number => ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;

function north_m(x: number, y: number): number {
  const plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  const waves = ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3;
  const slow = ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  return plain + ripple(x) + waves + slow;
}

function east_m(x: number, y: number): number {
  const plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  const waves = ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3;
  const slow = ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  return plain + ripple(x) + waves + slow;
}
