// State A: the order rings until it is taken; then it waits for the vehicle to leave.
import { useMemo, useState } from "react";
import type { Assignment, Incident, Unit } from "../contracts";
import { advance } from "../crew/acts";
import { RING_EVERY_S, useBell } from "../crew/bell";
import { NEXT, phaseOf } from "../crew/orders";
import type { Tap } from "../crew/tap";
import { useRoutes } from "../map/drawn";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentsByIncident, unitStatus } from "../picture";
import { useNow, usePicture } from "../store";
import { clockText, durationText, ms } from "../times";
import { nameOf, t, whoText, word } from "../words";
import { Crew } from "./Crew";
import { HazardCard } from "./HazardCard";
import css from "./UnitScreen.module.css";

interface Props {
  readonly unit: Unit;
  readonly assignment: Assignment;
  readonly incident: Incident;
  readonly tap: Tap;
}

export function Ringing({ unit, assignment, incident, tap }: Props) {
  const [muted, setMuted] = useState(false);
  const ringing = phaseOf(assignment) === "ringing";
  const to = NEXT[phaseOf(assignment)] ?? "enroute";
  const verb = ringing ? t("crew.receipt") : t("crew.leave");
  return (
    <>
      <Head unit={unit} assignment={assignment} incident={incident} muted={muted} />
      <main className={css["body"]} tabIndex={0}>
        <section className={css["title"]}>
          <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
          <div>
            <h1 className={css["kind"]}>{t(`kind.${incident.kind}`)}</h1>
            <p className={css["sub"]}><T>{`${t("scale.alarm", { n: incident.alarm_level })} · ${incident.number}`}</T></p>
          </div>
        </section>
        <section className={css["card"]}>
          <p className={css["placeName"]}><T>{incident.address}</T></p>
          <p className={css["sub"]}><T>{incident.district}</T></p>
          <Way assignment={assignment} />
        </section>
        <HazardCard incident={incident} />
        <section className={css["card"]}>
          <p className={css["unitLine"]}>
            <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unitStatus(unit, assignment)} />
            <strong><T>{nameOf(unit)}</T></strong>
          </p>
          <Crew unit={unit} />
        </section>
        <Others assignment={assignment} />
      </main>
      <footer className={css["foot"]}>
        <button type="button" className={`${css["verb"]} ${css["green"]}`} onClick={() => tap.tap(verb, (key) => advance(assignment.id, to, t("crew.device_phone"), key))}>
          ✓ {verb}
        </button>
        {ringing && <button type="button" className={css["second"]} onClick={() => setMuted(!muted)}>{t(muted ? "crew.unmute" : "crew.mute")}</button>}
      </footer>
    </>
  );
}

/** Minutes and kilometres of the road, and what it goes round. */
function Way({ assignment }: { assignment: Assignment }) {
  const mine = useMemo(() => [assignment], [assignment]);
  const route = useRoutes(mine).get(assignment.id);
  const guessed = assignment.method === "estimate";
  return (
    <>
      <p className={css["way"]}>
        <strong><T>{`${guessed ? t("crew.about") : ""}${durationText(assignment.travel_s ?? 0)}`}</T></strong>
        {route && <span><T>{t("crew.kilometres", { km: (route.length_m / 1000).toFixed(1) })}</T></span>}
        {guessed && <span className={css["amber"]}>{t("crew.estimate")}</span>}
      </p>
      <p className={css["chips"]}>
        {route?.avoided.slice(0, 3).map((why, i) => <span key={i} className={css["chip"]}>✓ <T>{word("why", why.code, why.params)}</T></span>)}
      </p>
    </>
  );
}

function Head({ unit, assignment, incident, muted }: Omit<Props, "tap"> & { muted: boolean }) {
  const ringing = assignment.status === "dispatched";
  const bell = useBell(ringing ? assignment.id : null, muted);
  const now = useNow(1000) ?? ms(assignment.dispatched_at);
  const since_s = (now - ms(assignment.dispatched_at)) / 1000;
  const limit_s = (ms(ringing ? assignment.receipt_due_at : assignment.turnout_due_at) - ms(assignment.dispatched_at)) / 1000;
  const late = since_s > limit_s;
  return (
    <section className={css["ringHead"]} style={{ background: `var(--alarm-${incident.alarm_level})` }}>
      <div className={css["ringTop"]}>
        <div>
          <p className={css["ringWord"]}>{t(assignment.kind === "divert" ? "crew.diverted" : "crew.order")}</p>
          <p><T>{nameOf(unit)}</T></p>
        </div>
        <div className={css["ringTime"]}>
          <p>{t("crew.since_order")}</p>
          <p className={css["bigTime"]}>{durationText(since_s)}</p>
        </div>
      </div>
      <span className={css["limit"]} aria-hidden="true"><span style={{ inlineSize: `${Math.min(100, (since_s / limit_s) * 100)}%` }} /></span>
      <p className={css["ringFoot"]}>
        {ringing && <span><T>{muted ? t("crew.muted") : bell.audible ? t("crew.ring", { n: bell.n, s: Math.min(RING_EVERY_S, bell.next_s) }) : t("crew.touch_for_sound")}</T></span>}
        <span><T>{ringing ? (late ? t("crew.late_receipt") : t("crew.receipt_limit", { limit: durationText(limit_s) })) : t("crew.receipt_done", { time: clockText(assignment.acknowledged_at ?? now), device: whoText(assignment.acknowledged_by) })}</T></span>
      </p>
    </section>
  );
}

const SHOWN = 4;

function Others({ assignment }: { assignment: Assignment }) {
  const group = usePicture((p) => assignmentsByIncident(all(p, "assignment")).get(assignment.incident_id));
  const units = usePicture((p) => all(p, "unit"));
  const others = (group ?? []).filter((a) => a.id !== assignment.id && a.order_id === assignment.order_id);
  if (others.length === 0) return <p className={css["others"]}>{t("crew.alone")}</p>;
  return (
    <p className={css["others"]}>
      {t("crew.others")}
      {others.slice(0, SHOWN).map((other) => (
        <span key={other.id}><T>{` ${nameOf(units.get(other.unit_id))}${other.acknowledged_at ? " ✓" : " …"}`}</T></span>
      ))}
      {others.length > SHOWN && <T>{` +${others.length - SHOWN}`}</T>}
    </p>
  );
}
