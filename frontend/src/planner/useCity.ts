// What every part of this screen stands on: the coverage of this moment, its zones, and what is said against them.
import { useMemo } from "react";
import type { Refusal } from "../api";
import type { Coverage, CoverageNow, CoverageZones } from "../contracts";
import type { Box } from "../geo";
import { get } from "../picture";
import { usePicture } from "../store";
import { useAsked } from "./asked";
import { fits, mostOf } from "./zones";

const COVERAGE_PACE = { good_ms: 10_000, refused_ms: 3_000 };
const ZONES_PACE = { good_ms: 20_000, refused_ms: 3_000 };

export interface City {
  readonly coverage: Coverage | null;
  /** Codes of what stands against the figure, and real seconds of age of the copies behind it. */
  readonly degraded: readonly string[];
  readonly ages_s: Readonly<Record<string, number>>;
  readonly refusal: Refusal | null;
  /** What a map shows first: nearly all zones; its key changes when they do. */
  readonly whole: { readonly key: string; readonly box: Box | undefined };
  /** The zones that the coverage speaks of, null while they are not known. */
  readonly zones: CoverageZones | null;
}

/** The coverage follows the live picture; its trust is asked for. */
export function useCity(): City {
  const now = useAsked<CoverageNow>("/api/dispatch/coverage", COVERAGE_PACE);
  const live = usePicture((p) => get(p, "coverage", "city"));
  const told = now.value?.coverage ?? null;
  const coverage = live && (!told || live.version > told.version) ? live : told;
  const zones = useAsked<CoverageZones>("/api/dispatch/coverage/zones", ZONES_PACE, coverage?.zones_version);
  const known = fits(zones.value, coverage?.zones_version) ? zones.value : null;
  const whole = useMemo(() => ({ key: `city ${known?.zones_version ?? ""}`, box: known ? mostOf(known.zones) : undefined }), [known]);
  return {
    coverage: coverage && coverage.within.length > 0 ? coverage : null,
    degraded: now.value?.degraded ?? [],
    ages_s: now.value?.ages_s ?? {},
    refusal: now.refusal ?? zones.refusal,
    zones: known,
    whole,
  };
}
