// The band over the header while no beat arrives: for how long, and which moment is being shown.
import { useHealth } from "../store";
import { clockText } from "../times";
import { t } from "../words";
import css from "./StaleBand.module.css";
import { T } from "./T";

/** The sentence of the band, or null while the picture is fresh enough. */
export function staleText(health: {
  readonly freshness: string;
  readonly beat_age_s: number;
  readonly picture_at: number | null;
  readonly refused: unknown;
}): string | null {
  if (health.refused) return t("fresh.signed_out");
  if (health.freshness !== "stale" || health.picture_at === null) return null;
  return t("fresh.band", { age: ageText(health.beat_age_s), at: clockText(health.picture_at) });
}

function ageText(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 120) return t("duration.seconds", { s: whole });
  return t("duration.minutes", { m: Math.floor(whole / 60), s: whole % 60 });
}

/** `before`: what a screen has to say that is more urgent than the age of the picture. */
export function StaleBand({ before = null }: { before?: string | null }) {
  const stale = staleText(useHealth());
  const text = before ?? stale;
  if (text === null) return null;
  return (
    <div className={css["band"]} role="alert">
      <span className={css["text"]}>
        <T>{text}</T>
      </span>
    </div>
  );
}
