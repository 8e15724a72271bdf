// State C: what the crew is doing, by one tap; then the way home.
import type { Assignment, Incident, Unit } from "../contracts";
import { advance } from "../crew/acts";
import { WORKING } from "../crew/orders";
import type { Tap } from "../crew/tap";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { unitStatus } from "../picture";
import { useNow } from "../store";
import { clockText, durationText, ms, shortClockText } from "../times";
import { nameOf, t, word } from "../words";
import { Crew } from "./Crew";
import { HazardCard } from "./HazardCard";
import css from "./UnitScreen.module.css";

interface Props {
  readonly unit: Unit;
  readonly assignment: Assignment;
  readonly incident: Incident;
  readonly tap: Tap;
}

export function OnScene({ unit, assignment, incident, tap }: Props) {
  const now = useNow(1000) ?? 0;
  const home = assignment.status === "returning";
  const go = (to: Assignment["status"], what: string) => tap.tap(what, (key) => advance(assignment.id, to, t("crew.device_phone"), key));
  return (
    <>
      <section className={css["roadHead"]}>
        <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
        <div className={css["roadWords"]}>
          <h1 className={css["roadKind"]}>{t(`kind.${incident.kind}`)}</h1>
          <p className={css["roadPlace"]}><T>{`${home ? t("crew.go_home") : word("assignment", assignment.status)} ${assignment.arrived_at ? clockText(assignment.arrived_at) : ""} · ${incident.number}`}</T></p>
        </div>
      </section>
      <main className={css["body"]} tabIndex={0}>
        <section className={css["sceneUnit"]}>
          <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unitStatus(unit, assignment)} />
          <div className={css["roadWords"]}>
            <p className={css["placeName"]}><T>{nameOf(unit)}</T></p>
            <p className={css["sub"]}><T>{incident.address}</T></p>
          </div>
          {assignment.arrived_at && !home && (
            <div className={css["ringTime"]}>
              <p className={css["figure"]}>{durationText((now - ms(assignment.arrived_at)) / 1000)}</p>
              <p className={css["sub"]}>{t("crew.on_scene_for")}</p>
            </div>
          )}
        </section>
        {!home && (
          <section className={css["states"]}>
            {WORKING.map((state) => <StateButton key={state} state={state} assignment={assignment} onTap={() => go(state, t(`crew.state.${state}`))} />)}
            <button type="button" className={css["state"]} onClick={() => go("returning", t("crew.return"))}>{t("crew.return")}</button>
          </section>
        )}
        <HazardCard incident={incident} />
        <section className={css["card"]}><Crew unit={unit} /></section>
      </main>
      {home && (
        <footer className={css["foot"]}>
          <button type="button" className={`${css["verb"]} ${css["blue"]}`} onClick={() => go("cleared", t("crew.back"))}>{t("crew.back")}</button>
        </footer>
      )}
    </>
  );
}

function StateButton({ state, assignment, onTap }: { state: (typeof WORKING)[number]; assignment: Assignment; onTap: () => void }) {
  const now = assignment.status === state;
  const reached = state === "on_scene" && assignment.arrived_at !== null && !now;
  return (
    <button type="button" className={`${css["state"]} ${now ? css["stateNow"] : ""} ${reached ? css["stateDone"] : ""}`} aria-pressed={now} disabled={now} onClick={onTap}>
      {t(`crew.state.${state}`)}
      {reached && <small>✓ {shortClockText(assignment.arrived_at)}</small>}
    </button>
  );
}
