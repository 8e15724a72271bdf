// The terminal in a fire station: the order with its bell, receipt by one key, who rides, the way, the bays.
import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Redirect } from "wouter";
import type { Station, Unit } from "../contracts";
import { advance } from "../crew/acts";
import { stationOrders, turnouts, type StationOrder } from "../crew/orders";
import { TapNote } from "../crew/TapNote";
import { useTap, type Tap } from "../crew/tap";
import { Clock, DateLine, DemoClock } from "../parts/Clock";
import { Freshness } from "../parts/Freshness";
import { Guard } from "../parts/Guard";
import { StaleBand } from "../parts/StaleBand";
import { T } from "../parts/T";
import { all, get } from "../picture";
import { useSession } from "../session";
import { LiveProvider, useLanguage, useNow, usePicture } from "../store";
import { durationText } from "../times";
import { applyTheme } from "../theme";
import { learn, nameOf, t } from "../words";
import { crewWords } from "../words/crew";
import { whyWords } from "../words/why";
import { Bays, IN_A_ROW } from "./Bays";
import { CrewBoard } from "./CrewBoard";
import { MoveUps } from "./MoveUps";
import { OrderSheet } from "./OrderSheet";
import css from "./StationScreen.module.css";

learn(crewWords, whyWords);

export default function StationScreen({ id }: { id: string }) {
  const seated = useSession();
  useLayoutEffect(() => applyTheme("dark"), []);
  if (seated.state === "nobody") return <Redirect to={`/login?next=/station/${id}`} />;
  if (seated.state !== "seated") return <p role="status">{t(seated.state === "away" ? "refusal.unreachable" : "app.loading")}</p>;
  return (
    <LiveProvider>
      <Page id={id} />
    </LiveProvider>
  );
}

function Page({ id }: { id: string }) {
  const station = usePicture((p) => get(p, "station", id));
  const loaded = usePicture((p) => all(p, "station").size > 0);
  if (!station) return <p role={loaded ? "alert" : "status"} className={css["plain"]}>{t(loaded ? "crew.unknown_station" : "app.loading")}</p>;
  return <Terminal station={station} />;
}

/** Units of a station by bay. */
function useUnits(stationId: string): readonly Unit[] {
  const units = usePicture((p) => all(p, "unit"));
  return useMemo(
    () => [...units.values()].filter((unit) => unit.station_id === stationId).sort((a, b) => a.bay - b.bay || a.id.localeCompare(b.id)),
    [units, stationId],
  );
}

function Terminal({ station }: { station: Station }) {
  const tap = useTap();
  const units = useUnits(station.id);
  const assignments = usePicture((p) => all(p, "assignment"));
  const incidents = usePicture((p) => all(p, "incident"));
  const orders = useMemo(() => stationOrders(assignments.values(), incidents, station.id), [assignments, incidents, station.id]);
  const [chosen, choose] = useState<string | null>(null);
  const order = orders.find((each) => each.incident.id === chosen) ?? orders[0];
  useReceiptKeys(order, tap);
  return (
    <div className={`${css["terminal"]} ${order ? (units.length > IN_A_ROW ? css["many"] : "") : css["calm"]}`}>
      <Header station={station} />
      <main className={css["order"]}>
        <Guard>
          <MoveUps station={station} tap={tap} />
          {orders.length > 1 && <Tabs orders={orders} shown={order} onChoose={choose} />}
          {order ? <OrderSheet key={order.incident.id} order={order} station={station} tap={tap} /> : <Quiet station={station} />}
        </Guard>
      </main>
      <Guard><CrewBoard station={station} units={units} /></Guard>
      <Guard><Bays units={units} tap={tap} tight={order !== undefined} /></Guard>
      <div className={css["note"]}><TapNote tap={tap} /></div>
    </div>
  );
}

/** The n-th digit takes the n-th unit of the order that has not been taken. */
function useReceiptKeys(order: StationOrder | undefined, tap: Tap): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.altKey) return;
      const assignment = /^[1-9]$/.test(event.key) ? order?.assignments[Number(event.key) - 1] : undefined;
      if (assignment?.status !== "dispatched") return;
      tap.tap(t("crew.receipt"), (key) => advance(assignment.id, "acknowledged", t("crew.device_station"), key));
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [order, tap]);
}

function Header({ station }: { station: Station }) {
  const { language, change } = useLanguage();
  return (
    <header className={css["header"]}>
      <h1 className={css["name"]}><T>{nameOf(station)}</T></h1>
      <span className={css["kind"]}>{t(`station.${station.station_class}`)}</span>
      <span className={css["fresh"]}><Freshness /></span>
      <DemoClock />
      <span className={css["space"]} />
      <button type="button" className={css["language"]} onClick={() => change(language === "zh" ? "en" : "zh")}>{t("app.language")}</button>
      <Clock />
      <DateLine />
      <div className={css["band"]}><StaleBand /></div>
    </header>
  );
}

interface TabsProps {
  readonly orders: readonly StationOrder[];
  readonly shown: StationOrder | undefined;
  readonly onChoose: (incidentId: string) => void;
}

function Tabs({ orders, shown, onChoose }: TabsProps) {
  return (
    <nav className={css["tabs"]} aria-label={t("crew.next_order")}>
      {orders.map(({ incident, ringing }) => (
        <button key={incident.id} type="button" className={`${css["tab"]} ${incident.id === shown?.incident.id ? css["tabShown"] : ""}`} aria-current={incident.id === shown?.incident.id} onClick={() => onChoose(incident.id)}>
          <T>{`${ringing ? "▲ " : ""}${incident.number} ${t(`kind.${incident.kind}`)}`}</T>
        </button>
      ))}
    </nav>
  );
}

function Quiet({ station }: { station: Station }) {
  const now = useNow(60_000) ?? 0;
  const assignments = usePicture((p) => all(p, "assignment"));
  const { runs, p90_s } = useMemo(() => turnouts(assignments.values(), (a) => a.station_id === station.id, now), [assignments, station.id, now]);
  return (
    <section className={css["quiet"]}>
      <p className={css["quietWord"]}>{t("crew.quiet")}</p>
      <p><T>{t("crew.runs_today", { n: runs })}</T></p>
      {p90_s !== null && (
        <p className={p90_s <= station.turnout_limit_s ? css["good"] : css["bad"]}>
          <T>{`${p90_s <= station.turnout_limit_s ? "✓" : "▲"} ${t("crew.turnout_p90", { time: durationText(p90_s), limit: durationText(station.turnout_limit_s) })}`}</T>
        </p>
      )}
    </section>
  );
}
