// The head of the wall: whose it is, what is wrong with the data, how fresh it is, what time it is.
import { Clock, DateLine, DemoClock } from "../parts/Clock";
import { Degraded, Freshness } from "../parts/Freshness";
import { StaleBand } from "../parts/StaleBand";
import { T } from "../parts/T";
import { useLanguage } from "../store";
import { t } from "../words";
import css from "./Header.module.css";

export function Header({ stale }: { stale: boolean }) {
  const { language, change } = useLanguage();
  return (
    <header className={`${css["header"]} ${stale ? css["stale"] : ""}`}>
      <img className={css["mark"]} src="/mark.svg" alt="" />
      <h1 className={css["centre"]}>{t("app.centre")}</h1>
      <span className={css["schematic"]}><T>{t("app.schematic")}</T></span>
      <div className={css["middle"]}>{stale ? <StaleBand /> : <Degraded />}</div>
      <DemoClock />
      <button type="button" className={css["language"]} onClick={() => change(language === "zh" ? "en" : "zh")}>
        {t("app.language")}
      </button>
      <div className={css["times"]}>
        <Freshness />
        <DateLine />
      </div>
      <span className={css["clock"]}><Clock /></span>
    </header>
  );
}
