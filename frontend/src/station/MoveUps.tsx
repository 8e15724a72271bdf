// Move-ups as both stations read them: who goes, who comes, with the bell for one that is to go and its next step.
import { useMemo, useState } from "react";
import type { MoveUpOrder, Station } from "../contracts";
import { stepMoveUp } from "../crew/acts";
import { useBell } from "../crew/bell";
import { NEXT_MOVE, rings, stationMoves } from "../crew/moves";
import type { Tap } from "../crew/tap";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, get, moveUpSince } from "../picture";
import { useNow, usePicture } from "../store";
import { durationText, ms } from "../times";
import { nameOf, shortStation, t } from "../words";
import css from "./MoveUps.module.css";

export function MoveUps({ station, tap }: { station: Station; tap: Tap }) {
  const orders = usePicture((p) => all(p, "move_up_order"));
  const moves = useMemo(() => stationMoves(orders.values(), station.id), [orders, station.id]);
  const [muted, setMuted] = useState(false);
  const ringing = moves.find((order) => rings(order, station.id));
  useBell(ringing?.id ?? null, muted);
  if (moves.length === 0) return null;
  return (
    <ul className={css["list"]} aria-label={t("crew.move")}>
      {moves.map((order) => <Row key={order.id} order={order} station={station} tap={tap} muted={muted} onMute={order.id === ringing?.id ? () => setMuted(!muted) : null} />)}
    </ul>
  );
}

interface Props {
  readonly order: MoveUpOrder;
  readonly station: Station;
  readonly tap: Tap;
  readonly muted: boolean;
  readonly onMute: (() => void) | null;
}

function Row({ order, station, tap, muted, onMute }: Props) {
  const unit = usePicture((p) => get(p, "unit", order.unit_id));
  const goes = order.from_station_id === station.id;
  const other = usePicture((p) => get(p, "station", goes ? order.to_station_id : order.from_station_id));
  const since = moveUpSince(order);
  const now = useNow(1000) ?? ms(since);
  const next = NEXT_MOVE[order.status];
  // Leaving and coming home is said by its own station, arrival by the other.
  const mine = next && (order.status === "under_way" ? !goes : goes) ? next : undefined;
  return (
    <li className={`${css["row"]} ${rings(order, station.id) ? css["rings"] : ""}`}>
      {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status="available" />}
      <span className={css["what"]}><T>{t(goes ? "crew.move.out" : "crew.move.in", { unit: nameOf(unit, order.unit_id), station: shortStation(other) })}</T></span>
      <span className={css["state"]}><T>{`${t(`move_up.${order.status}`)} ${durationText((now - ms(since)) / 1000)}`}</T></span>
      {onMute && <button type="button" className={css["mute"]} onClick={onMute}>{t(muted ? "crew.unmute" : "crew.mute")}</button>}
      {mine && <button type="button" className={css["go"]} onClick={() => tap.tap(t(mine.verb), (key) => stepMoveUp(order.id, mine.to, t("crew.device_station"), key))}>{t(mine.verb)}</button>}
    </li>
  );
}
