// Who is on which vehicle of the station: seats filled, names, and what is missing.
import type { Assignment, Station, Unit } from "../contracts";
import { useCrew } from "../crew/useCrew";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentByUnit, unitStatus } from "../picture";
import { usePicture } from "../store";
import { nameOf, t } from "../words";
import css from "./StationScreen.module.css";

export function CrewBoard({ station, units }: { station: Station; units: readonly Unit[] }) {
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const manned = units.filter((unit) => unit.in_service);
  const people = manned.reduce((n, unit) => n + unit.crew, 0);
  return (
    <aside className={css["crews"]} aria-label={t("crew.board")}>
      <h2 className={css["crewsTitle"]}>
        {t("crew.board")} <span className={css["kind"]}><T>{`${t("crew.on_duty", { n: people })}${station.people_established > 0 ? ` / ${station.people_established}` : ""}`}</T></span>
      </h2>
      <ul className={css["crewList"]} tabIndex={0} aria-label={t("crew.board")}>
        {manned.map((unit) => <CrewRow key={unit.id} unit={unit} assignment={byUnit.get(unit.id)} />)}
      </ul>
    </aside>
  );
}

const NAMES = 4;

function CrewRow({ unit, assignment }: { unit: Unit; assignment: Assignment | undefined }) {
  const crew = useCrew(unit.id);
  const present = crew?.filter((member) => member.on_duty);
  const n = present?.length ?? unit.crew;
  const short = n < unit.crew_needed;
  const names = present?.slice(0, NAMES).map((member) => member.name).join(" ") ?? "";
  const more = (present?.length ?? 0) - NAMES;
  return (
    <li className={css["crewRow"]}>
      <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unitStatus(unit, assignment)} />
      <div className={css["crewWords"]}>
        <p className={css["crewUnit"]}><T>{nameOf(unit)}</T></p>
        <p className={css["crewNames"]}><T>{`${names}${more > 0 ? ` +${more}` : ""}`}</T></p>
      </div>
      <strong className={short ? css["bad"] : ""}><T>{`${short ? "▲ " : ""}${t("crew.crew_of", { n, needed: unit.crew_needed })}`}</T></strong>
    </li>
  );
}
