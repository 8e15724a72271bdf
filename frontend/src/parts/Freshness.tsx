// How old the picture is: a dot, a word and an age; and what of the system is degraded.
import { useHealth } from "../store";
import { hasWord, t, word } from "../words";
import css from "./Freshness.module.css";
import { T } from "./T";

export function Freshness() {
  const { freshness, frame_age_s, beat_age_s } = useHealth();
  const age = freshness === "stale" ? Math.floor(beat_age_s).toFixed(0) : Math.max(0.1, frame_age_s).toFixed(1);
  return (
    <span className={`${css["freshness"]} ${css[freshness]}`} role="status" aria-live="off">
      <span className={css["dot"]} aria-hidden="true" />
      <T>{t(`fresh.${freshness}`)}</T>
      {freshness !== "connecting" && <T>{t("fresh.age", { age })}</T>}
    </span>
  );
}

/** Words for what is degraded; nothing while all is well. */
export function Degraded() {
  const { degraded } = useHealth();
  if (degraded.length === 0) return null;
  return (
    <span className={css["degraded"]}>
      {degraded.map((code) => (
        <span key={code}>△ {hasWord("degraded", code) ? word("degraded", code) : code}</span>
      ))}
    </span>
  );
}
