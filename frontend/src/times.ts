// How times are written: Beijing time, minutes and seconds. Pure.
import type { Language } from "./words";

const ZONE = "Asia/Shanghai";
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortClock = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const dateZh = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric", weekday: "short" });
const dateEn = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short", day: "numeric", month: "short" });
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

/** 14:32:07 in Beijing time, from ms since 1970 or an ISO instant. */
export const clockText = (at: number | string): string => clock.format(ms(at));
/** 14:32 in Beijing time. */
export const shortClockText = (at: number | string): string => shortClock.format(ms(at));
/** 11月21日 周五, or Fri 21 Nov. */
export const dateText = (at: number | string, language: Language): string => (language === "zh" ? dateZh : dateEn).format(ms(at));
/** The Beijing calendar day, for counting "today". */
export const dayOf = (at: number | string): string => dayKey.format(ms(at));

/** Ms since 1970. */
export const ms = (at: number | string): number => (typeof at === "number" ? at : Date.parse(at));

/** A duration as m:ss, or h:mm:ss from an hour on. Negative durations carry a sign. */
export function durationText(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const s = String(whole % 60).padStart(2, "0");
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  const text = h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
  return seconds < 0 ? `−${text}` : text;
}

/** The same with two digits of minutes, for figures that stand in a column. */
export function columnDuration(seconds: number): string {
  const text = durationText(Math.max(0, seconds));
  return text.length < 5 ? `0${text}` : text;
}

/** A number with thin spaces between thousands. */
export const numberText = (n: number, digits = 0): string =>
  n.toLocaleString("en-US", { maximumFractionDigits: digits }).replaceAll(",", "\u2009");
