// The bays with what stands in them; a vehicle is taken out of service and back with its reason here.
import { useState, type CSSProperties } from "react";
import type { Assignment, MoveUpOrder, Unit } from "../contracts";
import { service } from "../crew/acts";
import type { Tap } from "../crew/tap";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentByUnit, get, moveUpByUnit, stationOfMoveUp, unitStatus } from "../picture";
import { useNow, usePicture } from "../store";
import { durationText, ms, shortClockText } from "../times";
import { nameOf, shortStation, t } from "../words";
import css from "./Bays.module.css";

/** Bays beside each other on a full-size terminal. */
export const IN_A_ROW = 7;

/** `tight`: an order stands above, and two rows must fit where one does. */
export function Bays({ units, tap, tight }: { units: readonly Unit[]; tap: Tap; tight: boolean }) {
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const columns = Math.max(IN_A_ROW, Math.ceil(units.length / 2));
  const dense = tight && units.length > IN_A_ROW;
  return (
    <section style={{ "--columns": columns } as CSSProperties} className={`${css["bays"]} ${dense ? css["dense"] : ""}`} aria-label={t("crew.bays")} tabIndex={0}>
      {units.map((unit, i) => <Bay key={unit.id} n={unit.bay || i + 1} unit={unit} assignment={byUnit.get(unit.id)} tap={tap} />)}
    </section>
  );
}

interface Props {
  readonly n: number;
  readonly unit: Unit;
  readonly assignment: Assignment | undefined;
  readonly tap: Tap;
}

function Bay({ n, unit, assignment, tap }: Props) {
  const [asking, setAsking] = useState(false);
  const status = unitStatus(unit, assignment);
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")).get(unit.id));
  const away = (moved !== undefined && stationOfMoveUp(moved) !== unit.station_id) || status === "enroute" || status === "on_scene" || status === "staged" || status === "returning";
  const change = (reason: string) => {
    setAsking(false);
    tap.tap(t(unit.in_service ? "crew.put_out" : "crew.put_in"), (key) => service(unit.id, !unit.in_service, reason, key));
  };
  return (
    <article className={`${css["bay"]} ${status === "alerted" ? css["alerted"] : ""} ${status === "out_of_service" ? css["off"] : ""}`}>
      <p className={css["top"]}>
        <span className={css["n"]}>{n}</span>
        {away && <span>{t("crew.empty_bay")}</span>}
        {!assignment && !moved && !asking && (
          <button type="button" className={css["service"]} onClick={() => (unit.in_service ? setAsking(true) : change(""))}>{t(unit.in_service ? "crew.put_out" : "crew.put_in")}</button>
        )}
      </p>
      {asking ? (
        <OutForm onConfirm={change} onCancel={() => setAsking(false)} />
      ) : (
        <>
          <p className={css["unit"]}>
            <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={status} />
            <span className={css["words"]}>
              <strong className={css["name"]}><T>{nameOf(unit)}</T></strong>
              <span className={css["what"]}><T>{parameterOf(unit)}</T></span>
            </span>
          </p>
          <StateLine unit={unit} assignment={assignment} moved={moved} />
        </>
      )}
    </article>
  );
}

/** The one figure that says most about a vehicle. */
function parameterOf(unit: Unit): string {
  const { height_m, foam_l, water_l } = unit.parameters;
  if (height_m) return `${height_m} m`;
  if (foam_l) return `${(foam_l / 1000).toFixed(1)} t`;
  return water_l ? `${(water_l / 1000).toFixed(1)} t` : t(`class.${unit.unit_class}`);
}

function StateLine({ unit, assignment, moved }: { unit: Unit; assignment: Assignment | undefined; moved: MoveUpOrder | undefined }) {
  const target = usePicture((p) => (moved ? get(p, "station", moved.to_station_id) : undefined));
  const now = useNow(1000) ?? 0;
  const status = unitStatus(unit, assignment);
  if (status === "out_of_service") {
    return <p className={css["state"]}><T>{unit.back_at ? t("crew.expected_back", { time: shortClockText(unit.back_at) }) : unit.out_reason || t("status.out_of_service")}</T></p>;
  }
  if (assignment?.status === "dispatched") {
    return <p className={`${css["state"]} ${css["amber"]}`}><T>{`▲ ${t("assignment.dispatched")} ${durationText((now - ms(assignment.dispatched_at)) / 1000)}`}</T></p>;
  }
  if (assignment?.status === "acknowledged") return <p className={`${css["state"]} ${css["amber"]}`}>✓ {t("assignment.acknowledged")}</p>;
  if (moved && !assignment) return <p className={css["state"]}><T>{t("crew.move.short", { to: shortStation(target) })}</T></p>;
  return <p className={css["state"]}>{t(`status.${status}`)}</p>;
}

function OutForm({ onConfirm, onCancel }: { onConfirm: (reason: string) => void; onCancel: () => void }) {
  const [reason, setReason] = useState("");
  return (
    <form
      className={css["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== "") onConfirm(reason.trim());
      }}
    >
      <input className={css["input"]} aria-label={t("crew.out_reason")} placeholder={t("crew.out_reason")} value={reason} onChange={(event) => setReason(event.target.value)} autoFocus />
      <span className={css["buttons"]}>
        <button type="submit" className={css["service"]} disabled={reason.trim() === ""}>{t("crew.confirm")}</button>
        <button type="button" className={css["service"]} onClick={onCancel}>{t("crew.cancel")}</button>
      </span>
    </form>
  );
}
