// The move-ups that are ordered: who goes where, how far it is, since when, and the act that calls the unit back.
import type { MoveUpOrder } from "../contracts";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, moveUpSince } from "../picture";
import { useNow, usePicture } from "../store";
import { durationText, ms } from "../times";
import { nameOf, shortStation, t } from "../words";
import css from "./Cover.module.css";
import { recallable } from "./cover";
import { useDesk } from "./state";
import type { Cover } from "./useCover";

export function MovedList({ cover: { moved } }: { cover: Cover }) {
  if (moved.length === 0) return null;
  const first = recallable(moved);
  return (
    <section className={css["block"]} aria-label={t("desk.moved")}>
      <h2 className={css["title"]}><strong>{t("desk.moved")}</strong> <span className={css["quiet"]}>{t("desk.moved.free")}</span></h2>
      <ol>{moved.map((order) => <Line key={order.id} order={order} first={order === first} />)}</ol>
    </section>
  );
}

function Line({ order, first }: { order: MoveUpOrder; first: boolean }) {
  const { change } = useDesk();
  const unit = usePicture((p) => all(p, "unit")).get(order.unit_id);
  const stations = usePicture((p) => all(p, "station"));
  const since = moveUpSince(order);
  const now = useNow(1000) ?? ms(since);
  const way = t("desk.moves.way", { from: shortStation(stations.get(order.from_station_id)), to: shortStation(stations.get(order.to_station_id)) });
  return (
    <li className={css["moved"]}>
      {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status="available" />}
      <button type="button" tabIndex={-1} className={css["unit"]} onClick={() => change({ drawer: order.unit_id })}><T>{nameOf(unit, order.unit_id)}</T></button>
      <span className={css["cut"]} title={order.reason === "" ? way : `${way} · ${order.reason}`}><T>{way}</T></span>
      <span className={order.status === "arrived" ? css["good"] : css["quiet"]}><T>{`${t(`move_up.${order.status}`)} ${durationText(Math.max(0, (now - ms(since)) / 1000))}`}</T></span>
      {order.status !== "returning" && (
        <button type="button" tabIndex={-1} className={css["act"]} onClick={() => change({ ask: { kind: "recall", order } })}>
          {t("desk.move.recall")}{first && <kbd className={css["cap"]}>C</kbd>}
        </button>
      )}
    </li>
  );
}
