// The desk's header: seat, realm, demo clock, health of what advice rests on, freshness, Beijing time.
import type { Session } from "../api";
import { Clock, DateLine, DemoClock } from "../parts/Clock";
import { Freshness } from "../parts/Freshness";
import { StaleBand } from "../parts/StaleBand";
import { T } from "../parts/T";
import { useHealth, useLanguage } from "../store";
import { t } from "../words";
import css from "./Header.module.css";
import { trustOf } from "./advice";
import type { Selection } from "./selection";
import { useDesk } from "./state";

export function Header({ session, selection }: { session: Session; selection: Selection }) {
  const { language, change } = useLanguage();
  const { state } = useDesk();
  return (
    <header className={css["header"]}>
      <img src="/mark.svg" alt="" className={css["mark"]} />
      <h1 className={css["seat"]}><T>{session.seat ? t("desk.seat", { seat: session.seat }) : t("desk.title")}</T></h1>
      <span className={css["person"]}><T>{session.name}</T></span>
      <span className={css["realm"]}>{t("realm.live")}</span>
      {session.mode !== "production" && <span className={css["schematic"]}>{t("app.schematic")}</span>}
      <DemoClock />
      <span className={css["space"]} />
      <HealthWords selection={selection} />
      <Freshness />
      <a href="/planner" className={css["elsewhere"]}>{t("desk.to_planner")}</a>
      <button type="button" className={css["language"]} onClick={() => change(language === "zh" ? "en" : "zh")}>{t("app.language")}</button>
      <DateLine />
      <Clock />
      <div className={css["band"]}><StaleBand before={state.unsent > 0 ? t("desk.unsent", { n: state.unsent }) : null} /></div>
    </header>
  );
}

type Condition = { readonly good: boolean; readonly text: string };
const FINE = (): Condition => ({ good: true, text: t("desk.ok") });
const ill = (text: string): Condition => ({ good: false, text });

/** What the heartbeat and the displayed advice say about solver, roads and stock. */
export function conditions(degraded: readonly string[], ages_s: Readonly<Record<string, number>>, selection: Selection) {
  const { advice } = selection;
  const says = new Set([...degraded, ...(advice?.degraded ?? [])]);
  const greedy = advice !== undefined && trustOf(advice) === "greedy";
  const late_s = ages_s["resources"] ?? 0;
  return {
    solver: says.has("dispatch_away") || says.has("solver_away") ? ill(t("desk.away")) : greedy ? ill(t("desk.greedy")) : FINE(),
    roads: says.has("roads_away") || says.has("estimate") ? ill(t("desk.estimate")) : FINE(),
    stock: says.has("resources_away") ? ill(t("desk.away")) : late_s > 3 ? ill(t("desk.late", { age: `${late_s.toFixed(0)} s` })) : FINE(),
  };
}

function HealthWords({ selection }: { selection: Selection }) {
  const { degraded, ages_s } = useHealth();
  const found = conditions(degraded, ages_s, selection);
  return (
    <>
      {(["solver", "roads", "stock"] as const).map((name) => (
        <span key={name} className={css["health"]}>
          {t(`desk.${name}`)} <strong className={found[name].good ? css["good"] : css["bad"]}>{!found[name].good && "△ "}<T>{found[name].text}</T></strong>
        </span>
      ))}
    </>
  );
}
