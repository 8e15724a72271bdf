// The dark line on top: who plans, in which realm, how fresh the picture is, Beijing time.
import type { CSSProperties } from "react";
import type { Session } from "../api";
import { Clock, DateLine, DemoClock } from "../parts/Clock";
import { Freshness } from "../parts/Freshness";
import { StaleBand } from "../parts/StaleBand";
import { T } from "../parts/T";
import { useLanguage } from "../store";
import { THEMES } from "../theme";
import { t } from "../words";
import css from "./PlannerScreen.module.css";

/** The tokens of the dark theme, for what is dark on a light screen. */
const DARK = Object.fromEntries(Object.entries(THEMES.dark).map(([token, colour]) => [`--${token}`, colour])) as CSSProperties;

export function Header({ session }: { session: Session }) {
  const { language, change } = useLanguage();
  return (
    <header className={css["header"]} style={DARK}>
      <img src="/mark.svg" alt="" className={css["mark"]} />
      <h1 className={css["title"]}>{t("planner.title")}</h1>
      <span className={css["realm"]}>{t("realm.live")}</span>
      {session.mode !== "production" && <span className={css["quiet"]}>{t("app.schematic")}</span>}
      <DemoClock />
      <span className={css["space"]} />
      <Freshness />
      <span className={css["person"]}><T>{session.name}</T></span>
      <button type="button" className={css["language"]} onClick={() => change(language === "zh" ? "en" : "zh")}>{t("app.language")}</button>
      <DateLine />
      <Clock />
      <div className={css["band"]}><StaleBand /></div>
    </header>
  );
}
