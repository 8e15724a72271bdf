// Zones as the map and the legend show them: their class, what is chosen, what a site would newly cover. Pure.
import type { Coverage, CoverageZone, CoverageZones } from "../contracts";
import { boxOf, type Box } from "../geo";
import { boxes, type Tone } from "../map/areas";
import { CLASSES } from "../theme";

/** Which of the two coverages is shown, or where they differ. */
export type Shown = "now" | "home" | "lost";

const CHOSEN_EDGE = "#0b3d91";
const PLAIN: Tone = { fill: "#dfe3e0", edge: "#b4bfc6", opacity: 0.35, width: 0.4 };
const NEW: Tone = { fill: "#2f7fd1", edge: "#0b3d91", opacity: 0.6, width: 1 };

/** The tone of a class; the worst that there is for a class beyond the last. */
export function toneOf(step: number): Tone {
  const fill = CLASSES[Math.min(step, CLASSES.length - 1)] ?? CLASSES[4];
  return { fill, edge: fill, opacity: 0.62, width: 0.4 };
}

export const chosen = (tone: Tone): Tone => ({ ...tone, edge: CHOSEN_EDGE, width: 3, opacity: 0.85 });

/** Whether the zones are those that a figure speaks of. */
export const fits = (zones: CoverageZones | null, version: string | undefined): zones is CoverageZones =>
  zones !== null && zones.zones.length > 0 && zones.zones_version === version;

/** Zones by class; with `lost` only those whose engine would be in time if it were at home. */
export function coverAreas(zones: readonly CoverageZone[], coverage: Coverage, shown: Shown, zoneId: string | null): GeoJSON.FeatureCollection {
  const tones = zones.map((zone, i) => ({ zone, tone: coverTone(coverage, shown, i) }));
  return drawn(tones, zoneId === null ? [] : [zoneId]);
}

function coverTone({ states, states_at_home }: Coverage, shown: Shown, i: number): Tone {
  const [now, home] = [Number(states[i] ?? 4), Number(states_at_home[i] ?? 4)];
  if (shown === "lost") return now > home ? toneOf(now) : PLAIN;
  return toneOf(shown === "now" ? now : home);
}

/** How many zones there are of each class. */
export function counts(states: string): readonly number[] {
  return CLASSES.map((_, step) => states.split(String(step)).length - 1);
}

/** All zones, those that a site newly covers above. */
export function newAreas(zones: readonly CoverageZone[], newly: readonly string[]): GeoJSON.FeatureCollection {
  const names = new Set(newly);
  return drawn(zones.map((zone) => ({ zone, tone: names.has(zone.id) ? NEW : PLAIN })), []);
}

/** Zones with a class each by id; the others plain. */
export function classedAreas(zones: readonly CoverageZone[], steps: ReadonlyMap<string, number>, zoneId: string | null): GeoJSON.FeatureCollection {
  const tones = zones.map((zone) => {
    const step = steps.get(zone.id);
    return { zone, tone: step === undefined ? PLAIN : toneOf(step) };
  });
  return drawn(tones, zoneId === null ? [] : [zoneId]);
}

function drawn(tones: readonly { readonly zone: CoverageZone; readonly tone: Tone }[], above: readonly string[]): GeoJSON.FeatureCollection {
  const areas = tones.map(({ zone, tone }) => ({ box: zone.box, tone: above.includes(zone.id) ? chosen(tone) : tone, high: above.includes(zone.id) ? 2 : tone === PLAIN ? 0 : 1 }));
  return boxes(areas.sort((a, b) => a.high - b.high));
}

/** The box around some zones, none where none of them is known. */
export function boxAround(zones: readonly CoverageZone[], ids: readonly string[]): Box | undefined {
  const wanted = new Set(ids);
  return boxOf(zones.filter((zone) => wanted.has(zone.id)).flatMap(({ box: [west, south, east, north] }) => [[west, south], [east, north]] as const));
}

/** The middle of a zone. */
export const middleOf = ({ box: [west, south, east, north] }: CoverageZone): readonly [number, number] => [(west + east) / 2, (south + north) / 2];

/** Zones at the edges that a first view leaves out, as a share at each end: a far suburb would make the city small. */
const EDGE = 0.04;

/** The box around nearly all zones, none where there are none. */
export function mostOf(zones: readonly CoverageZone[]): Box | undefined {
  if (zones.length === 0) return undefined;
  const at = (values: readonly number[], share: number) => [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? 0;
  const [lons, lats] = [zones.map((zone) => middleOf(zone)[0]), zones.map((zone) => middleOf(zone)[1])];
  return { west: at(lons, EDGE), south: at(lats, EDGE), east: at(lons, 1 - EDGE), north: at(lats, 1 - EDGE) };
}
