// A move-up on the phone: the order rings until the vehicle sets out, then the way, the other station, and home again.
import { useState } from "react";
import type { MoveUpOrder, Unit } from "../contracts";
import { stepMoveUp } from "../crew/acts";
import { RING_EVERY_S, useBell } from "../crew/bell";
import { NEXT_MOVE } from "../crew/moves";
import type { Tap } from "../crew/tap";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { get, moveUpSince } from "../picture";
import { useNow, usePicture } from "../store";
import { durationText, ms, shortClockText } from "../times";
import { nameOf, t } from "../words";
import { Crew } from "./Crew";
import moved from "./MovedUp.module.css";
import css from "./UnitScreen.module.css";

interface Props {
  readonly unit: Unit;
  readonly order: MoveUpOrder;
  readonly tap: Tap;
}

export function MovedUp({ unit, order, tap }: Props) {
  const [muted, setMuted] = useState(false);
  const from = usePicture((p) => get(p, "station", order.from_station_id));
  const to = usePicture((p) => get(p, "station", order.to_station_id));
  const next = NEXT_MOVE[order.status];
  const home = order.status === "returning";
  return (
    <>
      <Head unit={unit} order={order} muted={muted} />
      <main className={css["body"]} tabIndex={0}>
        <section className={css["card"]}>
          <p className={moved["stand"]}><T>{order.status === "arrived" ? t("crew.move.stand", { station: nameOf(to) }) : nameOf(home ? from : to)}</T></p>
          <p className={css["sub"]}><T>{home ? t("crew.move.way", { from: nameOf(to), to: nameOf(from) }) : t("crew.move.way", { from: nameOf(from), to: nameOf(to) })}</T></p>
          <Way order={order} />
          {order.reason !== "" && <p className={css["sub"]}><T>{t("crew.reason", { reason: order.reason })}</T></p>}
        </section>
        <p className={css["others"]}>{t("crew.move.still_free")}</p>
        <section className={css["card"]}>
          <p className={css["unitLine"]}>
            <UnitGlyph unitClass={unit.unit_class} family={unit.family} status="available" />
            <strong><T>{nameOf(unit)}</T></strong>
          </p>
          <Crew unit={unit} />
        </section>
      </main>
      {next && (
        <footer className={css["foot"]}>
          <button type="button" className={`${css["verb"]} ${css[order.status === "under_way" ? "magenta" : "green"]}`} onClick={() => tap.tap(t(next.verb), (key) => stepMoveUp(order.id, next.to, t("crew.device_phone"), key))}>
            ✓ {t(next.verb)}
          </button>
          {order.status === "ordered" && <button type="button" className={css["second"]} onClick={() => setMuted(!muted)}>{t(muted ? "crew.unmute" : "crew.mute")}</button>}
        </footer>
      )}
    </>
  );
}

/** How long the drive is, or when the vehicle should be there, or since when it stands there. */
function Way({ order }: { order: MoveUpOrder }) {
  if (order.status === "arrived") return <p className={css["way"]}><span><T>{t("crew.move.since", { time: shortClockText(order.arrived_at ?? order.ordered_at) })}</T></span></p>;
  if (order.status === "returning" || order.seconds === 0) return null;
  return (
    <p className={css["way"]}>
      <span>{t("crew.move.drive")}</span> <strong><T>{durationText(order.seconds)}</T></strong>
      {order.eta_at && <span><T>{`${t("crew.expected")} ${shortClockText(order.eta_at)}`}</T></span>}
    </p>
  );
}

function Head({ unit, order, muted }: { unit: Unit; order: MoveUpOrder; muted: boolean }) {
  const ringing = order.status === "ordered";
  const bell = useBell(ringing ? order.id : null, muted);
  const since = moveUpSince(order);
  const now = useNow(1000) ?? ms(since);
  return (
    <section className={moved["head"]}>
      <div className={css["ringTop"]}>
        <div>
          <p className={css["ringWord"]}>{t(ringing ? "crew.move" : `move_up.${order.status}`)}</p>
          <p><T>{nameOf(unit)}</T></p>
        </div>
        <div className={css["ringTime"]}>
          {ringing && <p>{t("crew.since_order")}</p>}
          <p className={css["bigTime"]}>{durationText((now - ms(since)) / 1000)}</p>
        </div>
      </div>
      {ringing && (
        <p className={css["ringFoot"]}>
          <span><T>{muted ? t("crew.muted") : bell.audible ? t("crew.ring", { n: bell.n, s: Math.min(RING_EVERY_S, bell.next_s) }) : t("crew.touch_for_sound")}</T></span>
        </p>
      )}
    </section>
  );
}
