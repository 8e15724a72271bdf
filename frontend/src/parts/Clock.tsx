// The realm's clock in Beijing time, its date, and the mark of a clock that does not run at 1.
import { useHealth, useLanguage, useNow } from "../store";
import { clockText, dateText } from "../times";
import { t } from "../words";
import css from "./Clock.module.css";
import { T } from "./T";

export function Clock() {
  const now = useNow(1000);
  return <time className={css["clock"]}>{now === null ? "--:--:--" : clockText(now)}</time>;
}

export function DateLine() {
  const now = useNow(60_000);
  const { language } = useLanguage();
  return (
    <span className={css["date"]}>
      {now !== null && <T>{dateText(now, language)}</T>} <T>{t("clock.beijing")}</T>
    </span>
  );
}

/** 演示时钟 ×6 on every screen whose clock does not run at 1; nothing otherwise. */
export function DemoClock() {
  const { rate } = useHealth();
  if (rate === 1) return null;
  return (
    <span className={css["demo"]}>
      <T>{t("clock.demo", { rate })}</T>
    </span>
  );
}
