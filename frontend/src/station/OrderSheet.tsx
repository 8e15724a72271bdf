// The order as a station reads it: bell strip, level, what and where, one row per vehicle with its receipt, the way.
import { useState } from "react";
import type { Assignment, Route, Station } from "../contracts";
import { advance } from "../crew/acts";
import { useBell } from "../crew/bell";
import type { StationOrder } from "../crew/orders";
import { RouteMap } from "../crew/RouteMap";
import type { Tap } from "../crew/tap";
import { useCrew } from "../crew/useCrew";
import { useRoutes } from "../map/drawn";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, get, unitStatus } from "../picture";
import { useNow, usePicture } from "../store";
import { clockText, durationText, ms } from "../times";
import { nameOf, t, whoText, word } from "../words";
import css from "./OrderSheet.module.css";

interface Props {
  readonly order: StationOrder;
  readonly station: Station;
  readonly tap: Tap;
}

export function OrderSheet({ order, station, tap }: Props) {
  const { incident, assignments } = order;
  const routes = useRoutes(assignments);
  const hazards = incident.hazards.map((hazard) => t(`hazard.${hazard}`)).join(" · ");
  const people = incident.casualties + incident.trapped > 0;
  return (
    <article className={css["sheet"]} style={{ borderInlineStartColor: `var(--alarm-${incident.alarm_level})` }}>
      <Strip order={order} />
      <section className={css["title"]}>
        <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
        <div className={css["words"]}>
          <h2 className={css["kind"]}>{t(`kind.${incident.kind}`)}</h2>
          <p className={css["place"]}><T>{`${incident.district} ${incident.address}`}</T></p>
        </div>
      </section>
      <div className={css["columns"]}>
        <div className={css["rows"]}>
          {(hazards !== "" || people) && (
            <section className={css["hazards"]} aria-label={t("crew.hazards")}>
              {hazards !== "" && <p><T>{hazards}</T></p>}
              {people && <p><T>{t("crew.people", { hurt: incident.casualties, trapped: incident.trapped })}</T></p>}
            </section>
          )}
          {assignments.map((assignment, i) => <Row key={assignment.id} n={i + 1} assignment={assignment} tap={tap} />)}
        </div>
        <section className={css["route"]}>
          <div className={css["map"]}><RouteMap assignments={assignments} incident={incident} routes={routes} station={station} theme="dark" /></div>
          <Way assignments={assignments} routes={routes} />
        </section>
      </div>
    </article>
  );
}

function Strip({ order }: { order: StationOrder }) {
  const { incident, assignments, ringing } = order;
  const [muted, setMuted] = useState(false);
  const units = usePicture((p) => all(p, "unit"));
  const bell = useBell(ringing ? incident.id : null, muted);
  const first = assignments.reduce((a, b) => (a.dispatched_at < b.dispatched_at ? b : a));
  const now = useNow(1000) ?? ms(first.dispatched_at);
  const people = assignments.reduce((n, a) => n + (units.get(a.unit_id)?.crew ?? 0), 0);
  const since_s = (now - ms(first.dispatched_at)) / 1000;
  const limit_s = (ms(first.receipt_due_at) - ms(first.dispatched_at)) / 1000;
  return (
    <section className={css["strip"]} style={{ background: `var(--alarm-${incident.alarm_level})` }}>
      <strong className={css["call"]}><T>{t("crew.order_of", { units: assignments.length, people })}</T></strong>
      <span className={css["number"]}><T>{incident.number}</T></span>
      <span className={css["bell"]}>
        <strong><T>{`${ringing && since_s > limit_s ? "▲ " : ""}${durationText(since_s)} / ${durationText(limit_s)} ${t("crew.receipt")}`}</T></strong>
        {ringing && <span><T>{muted ? t("crew.muted") : bell.audible ? t("crew.ring", { n: bell.n, s: bell.next_s }) : t("crew.touch_for_sound")}</T></span>}
      </span>
      {ringing && <button type="button" className={css["mute"]} onClick={() => setMuted(!muted)}>{t(muted ? "crew.unmute" : "crew.mute")}</button>}
    </section>
  );
}

function Row({ n, assignment, tap }: { n: number; assignment: Assignment; tap: Tap }) {
  const unit = usePicture((p) => get(p, "unit", assignment.unit_id));
  const crew = useCrew(assignment.unit_id);
  const now = useNow(1000) ?? 0;
  const late = assignment.status === "dispatched" && now > ms(assignment.receipt_due_at);
  const leader = crew?.find((member) => member.on_duty);
  const go = (to: "acknowledged" | "enroute", what: string) => tap.tap(what, (key) => advance(assignment.id, to, t("crew.device_station"), key));
  return (
    <section className={`${css["row"]} ${assignment.status === "dispatched" ? css["waiting"] : ""} ${late ? css["late"] : ""}`}>
      {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unitStatus(unit, assignment)} />}
      <strong className={css["unit"]}><T>{nameOf(unit, assignment.unit_id)}</T></strong>
      <span className={css["who"]}><T>{`${unit?.crew ?? 0} ${t("unit.person")}${leader ? ` · ${leader.seat} ${leader.name}` : ""}`}</T></span>
      {assignment.status === "dispatched" && (
        <button type="button" className={css["take"]} onClick={() => go("acknowledged", t("crew.receipt"))}>
          <kbd className={css["digit"]}>{n}</kbd> <T>{t("crew.receipt_unit", { unit: nameOf(unit, assignment.unit_id) })}</T>
        </button>
      )}
      {assignment.status === "acknowledged" && (
        <>
          <span className={css["done"]}><T>{t("crew.receipt_done", { time: clockText(assignment.acknowledged_at ?? 0), device: whoText(assignment.acknowledged_by) })}</T></span>
          <button type="button" className={css["leave"]} onClick={() => go("enroute", t("crew.leave"))}>{t("crew.leave")}</button>
        </>
      )}
      {assignment.status === "enroute" && <span className={css["done"]}><T>{t("crew.left", { time: clockText(assignment.enroute_at ?? 0) })}</T></span>}
    </section>
  );
}

/** Minutes, kilometres and what the way goes round, of the vehicle that needs longest. */
function Way({ assignments, routes }: { assignments: readonly Assignment[]; routes: ReadonlyMap<string, Route> }) {
  const slowest = assignments.reduce((a, b) => ((a.travel_s ?? 0) >= (b.travel_s ?? 0) ? a : b));
  const route = routes.get(slowest.id);
  const together = route !== undefined && assignments.every((a) => routes.get(a.id)?.length_m === route.length_m);
  const guessed = slowest.method === "estimate" || route?.method === "estimate";
  return (
    <div className={css["way"]}>
      <p className={css["wayFigures"]}>
        {route && <strong><T>{t("crew.kilometres", { km: (route.length_m / 1000).toFixed(1) })}</T></strong>}
        <strong><T>{`${guessed ? t("crew.about") : ""}${durationText(slowest.travel_s ?? 0)}`}</T></strong>
        {together && <span className={css["number"]}><T>{t("crew.same_way", { n: assignments.length })}</T></span>}
      </p>
      {guessed && <p className={css["amber"]}>{t("crew.estimate")}</p>}
      {route?.avoided.slice(0, 3).map((why, i) => <p key={i}><span className={css["good"]}>✓</span> <T>{word("why", why.code, why.params)}</T></p>)}
    </div>
  );
}
