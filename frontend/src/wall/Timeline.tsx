// Thirty minutes back and thirty ahead: one lane per incident, what happened as dots, what arrives as diamonds.
import { useRef } from "react";
import type { Incident, IncidentEntry, SupplyOrder } from "../contracts";
import { all } from "../picture";
import { AlarmSquare } from "../parts/AlarmSquare";
import { textWidth, useRem, useSize } from "../parts/size";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { language, nameOf, t, word } from "../words";
import { useClocks, type Situation } from "./situation";
import { barOf, labelled, laneOf, type LaneMark } from "./timeline";
import css from "./Timeline.module.css";

const LANES = 3;
const LABEL_REM = 1.75;
const MINUTES = [-30, -20, -10, 0, 10, 20, 30];

interface Lane {
  readonly key: string;
  readonly incident: Incident | null;
  readonly marks: readonly LaneMark[];
}

function useLanes(situation: Situation, now: number): readonly Lane[] {
  const orders = usePicture((picture) => all(picture, "supply_order"));
  const entries = usePicture((picture) => all(picture, "entry"));
  const marksOf = (incident: Incident) => {
    const mine = <V extends SupplyOrder | IncidentEntry>(values: Iterable<V>) => [...values].filter((v) => v.incident_id === incident.id);
    return laneOf(incident, situation.of(incident.id), mine(orders.values()), mine(entries.values()), now);
  };
  const top = situation.incidents.slice(0, LANES).map((incident) => ({ key: incident.id, incident, marks: marksOf(incident) }));
  const rest = situation.incidents.slice(LANES).flatMap(marksOf);
  return rest.length > 0 ? [...top, { key: "others", incident: null, marks: rest }] : top;
}

export function Timeline({ situation }: { situation: Situation }) {
  const { shown } = useClocks();
  const lanes = useLanes(situation, shown);
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const percent = (minutes: number) => ((minutes + 30) / 60) * 100;
  return (
    <section className={css["timeline"]} aria-label={t("wall.timeline")}>
      <ul className={css["names"]}>
        {lanes.map(({ key, incident }) => (
          <li key={key} className={css["name"]}>
            {incident && <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>}
            <span className={css["nameText"]}><T>{incident ? word("kind", incident.kind) : t("wall.others")}</T></span>
          </li>
        ))}
      </ul>
      <div className={css["field"]}>
        <div className={css["lanes"]} ref={frame}>
          <div className={css["future"]} />
          {MINUTES.map((m) => <span key={m} className={`${css["grid"]} ${m === 0 ? css["now"] : ""}`} style={{ insetInlineStart: `${percent(m)}%` }} />)}
          {lanes.map((lane) => <LaneView key={lane.key} lane={lane} now={shown} width={width} />)}
        </div>
        <div className={css["axis"]}>
          {MINUTES.map((m) => (
            <span key={m} className={m === 0 ? css["nowLabel"] : css["tick"]} style={{ insetInlineStart: `${percent(m)}%` }}>
              {m === 0 ? <T>{t("wall.now")}</T> : `${m > 0 ? "+" : "−"}${Math.abs(m)}′`}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}

function LaneView({ lane, now, width }: { lane: Lane; now: number; width: number }) {
  const units = usePicture((picture) => all(picture, "unit"));
  const rem = useRem();
  const colour = lane.incident ? `var(--alarm-${lane.incident.alarm_level})` : "var(--t3)";
  const placed = lane.marks.map((mark) => {
    const text = markText(mark, (id) => nameOf(units.get(id), id), lane.incident === null);
    return { mark, text, x: ((mark.minutes + 30) / 60) * width, width: text === "" ? 0 : textWidth(text, language() === "en" ? 0.62 : 0.75) * LABEL_REM * rem };
  });
  const kept = labelled(placed, rem * 0.8);
  const [from, to] = lane.incident ? barOf(lane.incident, now) : [0, 0];
  return (
    <div className={css["lane"]}>
      {to > from && <span className={css["bar"]} style={{ insetInlineStart: `${((from + 30) / 60) * 100}%`, inlineSize: `${((to - from) / 60) * 100}%`, background: colour }} />}
      {placed.map((p) => (
        <span key={p.mark.key} className={css["mark"]} style={{ insetInlineStart: `${((p.mark.minutes + 30) / 60) * 100}%` }}>
          <i className={markClass(p.mark)} style={p.mark.minutes <= 0 ? { background: colour } : undefined} />
          {kept.has(p) && <span className={`${css["label"]} ${p.mark.minutes > 0 ? css["ahead"] : ""}`}><T>{p.text}</T></span>}
        </span>
      ))}
    </div>
  );
}

function markClass(mark: LaneMark): string {
  if (mark.minutes <= 0) return css["dot"] ?? "";
  return `${css["diamond"] ?? ""} ${mark.hollow ? (css["hollow"] ?? "") : ""}`;
}

function markText(mark: LaneMark, unitName: (id: string) => string, quiet: boolean): string {
  if (mark.kind === "unit") return unitName(mark.subject);
  if (mark.kind === "stock") return t("wall.mark.stock");
  if (quiet || mark.kind === "other") return "";
  return mark.kind === "level" ? t("wall.mark.level", { n: mark.subject }) : t(`wall.mark.${mark.kind}`);
}
