// The reach of special teams asked by package: what comes when to which place, and what is worst. Pure.
import type { HazardTag, ReachForce, ReachNeed, ReachPlace, SpecialReach } from "../contracts";

/** Which part of a force is looked at. */
export type Part = "first" | "second" | "full";
export const PARTS: readonly Part[] = ["first", "second", "full"];

/** A hazard's package with its lines. */
export interface Package {
  readonly hazard: HazardTag;
  readonly lines: readonly ReachNeed[];
  /** Pairs of place and line whose full force is out of reach. */
  readonly out: number;
}

/** Every hazard with its lines, those with most out of reach first. */
export function packagesOf({ needs }: SpecialReach): readonly Package[] {
  const hazards = [...new Set(needs.flatMap((need) => need.hazards))].sort();
  return hazards
    .map((hazard) => {
      const lines = needs.filter((need) => need.hazards.includes(hazard));
      return { hazard, lines, out: lines.reduce((sum, need) => sum + need.out_of_reach, 0) };
    })
    .sort((a, b) => b.out - a.out);
}

/** Seconds until a part of a force is there; null where it never comes. */
export function secondsOf(force: ReachForce | undefined, part: Part): number | null {
  if (!force) return null;
  return { first: force.first_s, second: force.second_s, full: force.full_s }[part];
}

/** The band in which so many seconds lie, from 0; the number of bands for later or never. */
export function bandOf(seconds: number | null, bands_s: readonly number[]): number {
  const found = seconds === null ? -1 : bands_s.findIndex((band) => seconds <= band);
  return found < 0 ? bands_s.length : found;
}

/** A place with its forces for some lines, and how bad the worst of them is. */
export interface Row {
  readonly place: ReachPlace;
  readonly forces: readonly (ReachForce | undefined)[];
  readonly band: number;
  /** The latest of the lines, null where one never comes. */
  readonly seconds: number | null;
}

/** A place asked for some lines; a second unit counts only where the line wants two. */
function rowOf(place: ReachPlace, lines: readonly ReachNeed[], part: Part, bands_s: readonly number[]): Row {
  const forces = lines.map((need) => place.forces.find((force) => force.line === need.line));
  const asked = forces.filter((_, i) => part !== "second" || (lines[i]?.quantity ?? 0) > 1);
  const times = asked.map((force) => secondsOf(force, part));
  const known = times.filter((time) => time !== null);
  const seconds = known.length < times.length ? null : Math.max(0, ...known);
  return { place, forces, band: bandOf(seconds, bands_s), seconds };
}

/** Places for some lines: never before late, later before sooner, riskier first. */
export function rowsOf({ places, bands_s }: SpecialReach, lines: readonly ReachNeed[], part: Part): readonly Row[] {
  return places.map((place) => rowOf(place, lines, part, bands_s)).sort((a, b) => lateness(b.seconds) - lateness(a.seconds) || b.place.risk - a.place.risk);
}

const lateness = (seconds: number | null): number => seconds ?? Number.MAX_SAFE_INTEGER;

/** One line at one place whose full force is late or never there. */
export interface Missing {
  readonly place: ReachPlace;
  readonly need: ReachNeed;
  readonly force: ReachForce | undefined;
}

/** Everything out of reach, how bad first: not one unit, then not all of them ever, then the latest; riskier first. */
export function missingOf(reach: SpecialReach): readonly Missing[] {
  const places = new Map(reach.places.map((place) => [place.zone_id, place]));
  const needs = new Map(reach.needs.map((need) => [need.line, need]));
  const found = reach.out_of_reach.flatMap(({ zone_id, line }) => {
    const [place, need] = [places.get(zone_id), needs.get(line)];
    return place && need ? [{ place, need, force: place.forces.find((force) => force.line === line) }] : [];
  });
  return found.sort((a, b) => rank(b) - rank(a) || lateness(secondsOf(b.force, "full")) - lateness(secondsOf(a.force, "full")) || b.place.risk - a.place.risk);
}

/** 2 where nobody ever comes, 1 where not all do, 0 where they are late. */
export function rank({ force }: Pick<Missing, "force">): 0 | 1 | 2 {
  if (secondsOf(force, "first") === null) return 2;
  return secondsOf(force, "full") === null ? 1 : 0;
}

/** Seconds as whole minutes upward, so that nothing is said to be sooner than it is. */
export const minutes = (seconds: number): number => Math.ceil(seconds / 60);
