// The worst incident in full: what, where, how long, against which targets, with what force.
import type { Incident } from "../contracts";
import { needsByClass, type ClassNeed } from "../needs";
import { get, isActive } from "../picture";
import { AccidentGrade } from "../parts/AccidentGrade";
import { AlarmSquare } from "../parts/AlarmSquare";
import { Bar, barTone } from "../parts/Bar";
import { Slot, Slots } from "../parts/Slots";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { durationText, ms } from "../times";
import { t, word } from "../words";
import { firstDueClock, fullForceClock, type TargetClock } from "./figures";
import css from "./Hero.module.css";
import { linesOf, useClocks, type Situation } from "./situation";

const MOST_CLASSES = 8;
const MOST_SLOTS = 8;

export function Hero({ situation, incident }: { situation: Situation; incident: Incident }) {
  const { running, shown } = useClocks();
  const station = usePicture((picture) => get(picture, "station", incident.area_station_id ?? ""));
  const lines = linesOf(situation, incident);
  const assignments = situation.of(incident.id);
  return (
    <>
    <Count situation={situation} />
    <section className={css["hero"]} style={{ borderColor: `var(--alarm-${incident.alarm_level})` }}>
      <div className={css["head"]}>
        <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
        <div className={css["names"]}>
          <h2 className={css["title"]}><T>{word("kind", incident.kind)}</T></h2>
          <p className={css["place"]}><T>{[incident.district, incident.address].filter(Boolean).join(" ")}</T></p>
        </div>
      </div>
      <div className={css["time"]}>
        <span className={css["elapsed"]}>{durationText((running - ms(incident.reported_at)) / 1000)}</span>
        <Command incident={incident} />
      </div>
      <Target label={t("wall.first_due")} clock={firstDueClock(incident, station, assignments, shown)} />
      <Target label={t("wall.full_force")} clock={fullForceClock(incident, lines, assignments, shown)} />
      <ForceSlots needs={needsByClass(lines)} others={assignments.filter(isActive).length} />
    </section>
    </>
  );
}

function Count({ situation }: { situation: Situation }) {
  const waiting = situation.incidents.filter((i) => i.status === "reported").length;
  return (
    <p className={css["count"]}>
      <span className={css["countLabel"]}><T>{t("wall.open")}</T></span>
      <b className={css["countNumber"]}>{situation.incidents.length}</b>
      <span className={css["countSide"]}><T>{`${t("wall.waiting")} ${waiting}`}</T></span>
    </p>
  );
}

function Command({ incident }: { incident: Incident }) {
  const people = [
    incident.trapped > 0 ? `${t("wall.trapped")} ${incident.trapped}` : "",
    incident.casualties > 0 ? `${t("wall.casualties")} ${incident.casualties}` : "",
  ].filter(Boolean);
  return (
    <div className={css["command"]}>
      <span className={css["commander"]}>
        {incident.commander ? <><span className={css["quiet"]}><T>{t("wall.commander")}</T></span> <T>{incident.commander}</T></> : <T>{word("incident", incident.status)}</T>}
      </span>
      {people.length > 0 && <span className={css["people"]}><T>{people.join(" · ")}</T></span>}
      {incident.accident_grade ? (
        <span className={css["quiet"]}><AccidentGrade grade={incident.accident_grade} /></span>
      ) : (
        incident.hazards.length > 0 && <span className={css["quiet"]}><T>{incident.hazards.slice(0, 2).map((h) => word("hazard", h)).join(" · ")}</T></span>
      )}
    </div>
  );
}

function Target({ label, clock }: { label: string; clock: TargetClock | null }) {
  if (!clock) return null;
  const tone = barTone(clock.value_s, clock.target_s, clock.met);
  const sign = clock.met && tone !== "late" ? "✓" : tone === "late" ? "▲" : "";
  const value = durationText(clock.value_s);
  const target = durationText(clock.target_s);
  return (
    <div className={css["target"]}>
      <span className={css["targetLabel"]}><T>{label}</T></span>
      <Bar value={clock.value_s} target={clock.target_s} tone={tone} label={`${label} ${value} / ${target}`} />
      <span className={`${css["targetText"]} ${tone === "late" ? css["late"] : ""}`}>
        {value}<span className={css["quiet"]}> / {target}</span> {sign && <span className={tone === "late" ? css["late"] : css["met"]}>{sign}</span>}
      </span>
    </div>
  );
}

function ForceSlots({ needs, others }: { needs: readonly ClassNeed[]; others: number }) {
  if (needs.length === 0) return others === 0 ? null : <p className={css["totals"]}><T>{t("wall.units_on_scene", { n: others })}</T></p>;
  const sum = (of: (need: ClassNeed) => number) => needs.reduce((total, need) => total + of(need), 0);
  const missing = sum((n) => n.missing);
  return (
    <>
      <ul className={css["slots"]}>
        {needs.slice(0, MOST_CLASSES).map((need) => <ClassRow key={need.unitClass} need={need} />)}
      </ul>
      <p className={css["totals"]}>
        <Total state="arrived" label={t("wall.arrived")} n={sum((x) => x.arrived)} />
        <Total state="coming" label={t("wall.coming")} n={sum((x) => x.coming)} />
        {missing > 0 && <span className={css["missing"]}><Total state="missing" label={t("wall.missing")} n={missing} /></span>}
        <span className={css["needed"]}><T>{t("wall.needed", { n: sum((x) => x.needed) })}</T></span>
      </p>
    </>
  );
}

function ClassRow({ need }: { need: ClassNeed }) {
  const more = need.arrived + need.coming + need.missing - MOST_SLOTS;
  const label = `${t(`class.${need.unitClass}`)}: ${t("wall.arrived")} ${need.arrived}, ${t("wall.coming")} ${need.coming}, ${t("wall.missing")} ${need.missing}`;
  return (
    <li className={css["slotRow"]}>
      <b className={css["glyph"]}>{t(`glyph.${need.unitClass}`)}</b>
      <Slots counts={need} label={label} most={more > 0 ? MOST_SLOTS - 1 : MOST_SLOTS} />
      {more > 0 && <span className={css["moreSlots"]}>+{more + 1}</span>}
    </li>
  );
}

function Total({ state, label, n }: { state: "arrived" | "coming" | "missing"; label: string; n: number }) {
  return (
    <span className={css["total"]}>
      <Slot state={state} /> <T>{label}</T> <b className={css["number"]}>{n}</b>
    </span>
  );
}

