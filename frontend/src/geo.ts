// Places on the ground: boxes, distances and Web Mercator. Pure.
export type LonLat = readonly [number, number];

export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** The smallest box around points, or undefined where there are none. */
export function boxOf(points: readonly LonLat[]): Box | undefined {
  if (points.length === 0) return undefined;
  const lons = points.map((p) => p[0]);
  const lats = points.map((p) => p[1]);
  return { west: Math.min(...lons), south: Math.min(...lats), east: Math.max(...lons), north: Math.max(...lats) };
}

/** Metres between two places on a sphere. */
export function metresBetween(a: LonLat, b: LonLat): number {
  const toRad = Math.PI / 180;
  const dLat = (b[1] - a[1]) * toRad;
  const dLon = (b[0] - a[0]) * toRad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * toRad) * Math.cos(b[1] * toRad) * Math.sin(dLon / 2) ** 2;
  return 12_742_000 * Math.asin(Math.sqrt(h));
}

/** Web Mercator in 0..1, x eastward and y southward, as MapLibre's matrices expect. */
export function mercator([lon, lat]: LonLat): readonly [number, number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

/** A closed ring of points at a distance around a place. */
export function circle(centre: LonLat, radius_m: number, points = 72): LonLat[] {
  const perLat = 1 / 111_320;
  const perLon = perLat / Math.cos((centre[1] * Math.PI) / 180);
  return Array.from({ length: points + 1 }, (_, i): LonLat => {
    const angle = (i / points) * 2 * Math.PI;
    return [centre[0] + Math.sin(angle) * radius_m * perLon, centre[1] + Math.cos(angle) * radius_m * perLat];
  });
}
