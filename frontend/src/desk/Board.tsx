// The unit board: every station that matters here, what stands in it, and what would be left. A tap asks why.
import { useMemo } from "react";
import type { Unit } from "../contracts";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentByUnit, get, moveUpByUnit, unitStatus } from "../picture";
import { usePicture } from "../store";
import { useForces } from "../useLent";
import { nameOf, shortStation, t } from "../words";
import css from "./Board.module.css";
import { boardRows, type BoardRow } from "./board";
import { canSend, type Selection } from "./selection";
import { useDesk } from "./state";

const SHOWN = 12;

export function Board({ selection }: { selection: Selection }) {
  const { incident, advice } = selection;
  const units = usePicture((p) => all(p, "unit"));
  const { ours, lent, askable } = useForces();
  const stations = usePicture((p) => all(p, "station"));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")));
  const plan = incident && canSend(incident) ? advice : undefined;
  const rows = useMemo(() => boardRows(stations, units.values(), byUnit, incident, plan, moved, lent), [stations, units, byUnit, incident, plan, moved, lent]);
  const ready = ours.filter((unit) => unitStatus(unit, byUnit.get(unit.id)) === "available").length;
  return (
    <section className={css["board"]} aria-label={t("desk.board")}>
      <h2 className={css["title"]}>
        {t("desk.board")} <span className={css["quiet"]}>{t("desk.board_hint")}</span>
        <span className={css["total"]}>
          <T>{t("desk.board_total", { ready, all: ours.length })}</T>
          {askable > 0 && <span className={css["quiet"]}> · <T>{t("desk.aid.also", { n: askable })}</T></span>}
        </span>
      </h2>
      <ul className={css["rows"]}>
        {rows.slice(0, SHOWN).map((row) => <StationRow key={row.station.id} row={row} selection={selection} />)}
      </ul>
    </section>
  );
}

const MOST = 3;
/** A unit that is moved up says where to, and takes the room of the others and of their count. */
const MOST_ONE_MOVED = 1;

function StationRow({ row, selection }: { row: BoardRow; selection: Selection }) {
  const { station, units, left, askable } = row;
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")));
  const some = units.slice(0, 1).some((unit) => moved.has(unit.id));
  const most = some ? MOST_ONE_MOVED : MOST;
  const cut = some ? 0 : units.length - most;
  return (
    <li className={css["row"]}>
      <span className={css["station"]} title={nameOf(station)}><T>{shortStation(station)}</T></span>
      <span className={css["units"]}>
        {units.slice(0, most).map((unit) => <Tile key={unit.id} unit={unit} selection={selection} />)}
        {cut > 0 && <span className={css["quiet"]}><T>{`+${cut}`}</T></span>}
      </span>
      {left === 0 && askable > 0 ? <span className={css["left"]}><T>{t("desk.aid.of_station", { n: askable })}</T></span> : <span className={left === 0 ? css["empty"] : css["left"]}><T>{t("desk.left", { n: left })}</T></span>}
    </li>
  );
}

function Tile({ unit, selection }: { unit: Unit; selection: Selection }) {
  const { state, change } = useDesk();
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const status = unitStatus(unit, byUnit.get(unit.id));
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")).get(unit.id));
  const target = usePicture((p) => (moved ? get(p, "station", moved.to_station_id) : undefined));
  const to = !moved ? "" : moved.status === "arrived" ? t("desk.move.here") : t("desk.move.to", { station: shortStation(target) });
  const name = moved ? `${nameOf(unit)} ${to}` : nameOf(unit);
  const { advice } = selection;
  const planned = advice?.picks.some((pick) => pick.unit_id === unit.id) && !state.edit.dropped.has(unit.id);
  const added = state.edit.added.some((each) => each.unit_id === unit.id);
  return (
    <button type="button" tabIndex={-1} className={`${css["tile"]} ${moved ? css["wide"] : ""} ${(planned && status === "available") || added ? css["planned"] : ""}`} title={name} aria-label={name} onClick={() => change({ drawer: unit.id })}>
      <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={status} />
      {moved && <span className={css["moved"]}><T>{to}</T></span>}
    </button>
  );
}
