// The page of one vehicle on a phone: the order, the way there, the states on scene, each by one tap.
import { useLayoutEffect, useMemo, useState } from "react";
import { Redirect } from "wouter";
import type { Session } from "../api";
import type { Assignment, Unit } from "../contracts";
import { control } from "../crew/acts";
import { calledBack } from "../crew/moves";
import { phaseOf, takenBack, turnouts } from "../crew/orders";
import { TapNote } from "../crew/TapNote";
import { useTap, type Tap } from "../crew/tap";
import { Clock, DemoClock } from "../parts/Clock";
import { Guard } from "../parts/Guard";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentByUnit, get, moveUpByUnit, unitStatus } from "../picture";
import { useSession } from "../session";
import { LiveProvider, useHealth, useLanguage, useNow, usePicture } from "../store";
import { applyTheme } from "../theme";
import { learn, nameOf, t, whoText } from "../words";
import { crewWords } from "../words/crew";
import { whyWords } from "../words/why";
import { EnRoute } from "./EnRoute";
import { MovedUp } from "./MovedUp";
import { MoveUpBack } from "./MoveUpBack";
import { OnScene } from "./OnScene";
import { PositionLine } from "./PositionLine";
import { Ringing } from "./Ringing";
import { TakenBack } from "./TakenBack";
import css from "./UnitScreen.module.css";

learn(crewWords, whyWords);

export default function UnitScreen({ id }: { id: string }) {
  const seated = useSession();
  useLayoutEffect(() => applyTheme("light"), []);
  if (seated.state === "nobody") return <Redirect to={`/login?next=/unit/${id}`} />;
  if (seated.state !== "seated") return <p role="status">{t(seated.state === "away" ? "refusal.unreachable" : "app.loading")}</p>;
  return (
    <LiveProvider>
      <Page id={id} session={seated.session} />
    </LiveProvider>
  );
}

function Page({ id, session }: { id: string; session: Session }) {
  const unit = usePicture((p) => get(p, "unit", id));
  const loaded = usePicture((p) => all(p, "unit").size > 0);
  if (!unit) return <p role={loaded ? "alert" : "status"} className={css["plain"]}>{t(loaded ? "crew.unknown_unit" : "app.loading")}</p>;
  return <Phone unit={unit} session={session} />;
}

/** Whether this person, not the simulator and nobody else, steers the unit. */
const useHeld = (unit: Unit, session: Session): boolean => usePicture((p) => get(p, "control", unit.id))?.holder === session.subject;

function Phone({ unit, session }: { unit: Unit; session: Session }) {
  const tap = useTap();
  const assignments = usePicture((p) => all(p, "assignment"));
  const current = assignmentByUnit(assignments).get(unit.id);
  const incident = usePicture((p) => (current ? get(p, "incident", current.incident_id) : undefined));
  const [noted, setNoted] = useState<ReadonlySet<string>>(new Set());
  const now = useNow(1000) ?? 0;
  const back = takenBack(assignments.values(), unit.id, current, now, noted);
  const phase = phaseOf(current);
  const orders = usePicture((p) => all(p, "move_up_order"));
  const moved = moveUpByUnit(orders).get(unit.id);
  const over = calledBack(orders.values(), unit.id, now, noted);
  return (
    <div className={css["phone"]}>
      <StatusLine unit={unit} session={session} tap={tap} />
      {useHeld(unit, session) && <PositionLine unitId={unit.id} />}
      <TapNote tap={tap} />
      <Guard>
        {current && incident && (phase === "ringing" || phase === "ready") && <Ringing unit={unit} assignment={current} incident={incident} tap={tap} />}
        {current && incident && phase === "enroute" && <EnRoute unit={unit} assignment={current} incident={incident} tap={tap} />}
        {current && incident && (phase === "scene" || phase === "returning") && <OnScene unit={unit} assignment={current} incident={incident} tap={tap} />}
        {!(current && incident) && moved && <MovedUp key={moved.id} unit={unit} order={moved} tap={tap} />}
        {!(current && incident) && !moved && <NoOrder unit={unit} assignments={assignments} now={now} />}
      </Guard>
      {back && <TakenBack assignment={back} onNoted={() => setNoted(new Set([...noted, back.id]))} />}
      {!back && over && <MoveUpBack order={over} onNoted={() => setNoted(new Set([...noted, over.id]))} />}
    </div>
  );
}

function StatusLine({ unit, session, tap }: { unit: Unit; session: Session; tap: Tap }) {
  const { freshness, beat_age_s } = useHealth();
  const { language, change } = useLanguage();
  const steering = usePicture((p) => get(p, "control", unit.id));
  const held = steering?.holder ?? "";
  const mine = held !== "" && held === session.subject;
  const who = held === "" ? t("crew.simulator") : mine ? t("crew.you") : t("crew.other_holder", { who: whoText(held, steering?.holder_name) });
  const send = () => tap.tap(t(mine ? "crew.give_back" : "crew.take"), (key) => control(unit.id, !mine, key));
  return (
    <header className={css["status"]}>
      <Clock />
      <span className={css["beijing"]}>{t("clock.beijing")}</span>
      <DemoClock />
      {freshness === "stale" && <span className={css["offline"]}><T>{t("crew.offline", { age: t("duration.seconds", { s: Math.floor(beat_age_s) }) })}</T></span>}
      <span className={css["space"]} />
      <span className={mine ? css["mine"] : css["holder"]}>{who}</span>
      <button type="button" className={css["hold"]} onClick={send}>{t(mine ? "crew.give_back" : "crew.take")}</button>
      <button type="button" className={css["language"]} onClick={() => change(language === "zh" ? "en" : "zh")}>{t("app.language")}</button>
    </header>
  );
}

function NoOrder({ unit, assignments, now }: { unit: Unit; assignments: ReadonlyMap<string, Assignment>; now: number }) {
  const station = usePicture((p) => get(p, "station", unit.station_id));
  const { runs } = useMemo(() => turnouts(assignments.values(), (a) => a.unit_id === unit.id, now), [assignments, unit.id, now]);
  return (
    <main className={css["quiet"]}>
      <span className={css["bigGlyph"]}><UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unitStatus(unit, undefined)} /></span>
      <h1 className={css["quietName"]}><T>{nameOf(unit)}</T></h1>
      <p><T>{t("crew.station_of", { station: nameOf(station), type: t(`class.${unit.unit_class}`) })}</T></p>
      <p className={css["none"]}>{unit.in_service ? t("crew.none") : t("crew.out_of_service", { reason: unit.out_reason || "—" })}</p>
      <p><T>{t("crew.today", { n: runs })}</T></p>
    </main>
  );
}

