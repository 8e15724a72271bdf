// The footer: arrivals to come, the incident's log, and the command line.
import { useMemo, useRef } from "react";
import type { IncidentEntry } from "../contracts";
import { textWidth, useSize } from "../parts/size";
import { T } from "../parts/T";
import { all, get, isComing } from "../picture";
import { useLive, useNow, usePicture } from "../store";
import { clockText, ms } from "../times";
import { nameOf, shortStation, t } from "../words";
import css from "./Footer.module.css";
import { entryText } from "./sentences";
import { canSend, type Selection } from "./selection";
import { forceMarks, grouped, labelled, spanMinutes, stockMarks, type TimeMark } from "./timeline";

const LEAD = 86;

export function Timeline({ selection }: { selection: Selection }) {
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const { lanes, span_min } = useLanes(selection);
  const px_per_s = Math.max(0, width - LEAD - 90) / (span_min * 60);
  const ticks = Array.from({ length: Math.floor(span_min / 5) + 1 }, (_, i) => i * 5);
  return (
    <section ref={frame} className={css["timeline"]} aria-label={t("desk.timeline")}>
      {lanes.map(({ name, marks }) => <Lane key={name} name={name} marks={grouped(marks, span_min * 60)} px_per_s={px_per_s} />)}
      <div className={css["axis"]} aria-hidden="true">
        {ticks.map((minute) => (
          <span key={minute} className={css["tickText"]} style={{ insetInlineStart: LEAD + minute * 60 * px_per_s }}>
            <T>{minute === 0 ? t("desk.now") : t("desk.minutes", { n: minute })}</T>
          </span>
        ))}
        <span className={css["nowLine"]} style={{ insetInlineStart: LEAD }} />
        <span className={css["limitLine"]} style={{ insetInlineStart: LEAD + 300 * px_per_s }} title={t("desk.first_limit")} />
      </div>
    </section>
  );
}

function useLanes(selection: Selection) {
  const live = useLive();
  const now = useNow(5000) ?? 0;
  const supplies = usePicture((p) => all(p, "supply_order"));
  const assignments = usePicture((p) => all(p, "assignment"));
  return useMemo(() => {
    const { incident } = selection;
    const advice = incident && canSend(incident) ? selection.advice : undefined;
    const picture = live.picture;
    const station = (unitId: string) => shortStation(get(picture, "station", get(picture, "unit", unitId)?.station_id ?? ""));
    const pile = (id: string) => nameOf(get(picture, "stockpile", id));
    const others = [...assignments.values()]
      .filter((a) => a.incident_id !== incident?.id && isComing(a) && a.eta_at)
      .map((a) => ({ at_s: (ms(a.eta_at ?? 0) - now) / 1000, label: get(picture, "incident", a.incident_id)?.number ?? "", sure: true }));
    const force = forceMarks(selection.assignments, advice, now, station);
    const stock = incident ? stockMarks(supplies.values(), advice, incident.id, now, pile) : [];
    const lanes = [
      { name: t("desk.force"), marks: force },
      { name: t("desk.stock_lane"), marks: stock },
      { name: t("desk.others_lane"), marks: others },
    ];
    return { lanes, span_min: spanMinutes([...force, ...stock]) };
  }, [live, selection, supplies, assignments, now]);
}

function Lane({ name, marks, px_per_s }: { name: string; marks: readonly TimeMark[]; px_per_s: number }) {
  const shown = labelled(marks, px_per_s, (text) => textWidth(text, 0.62) * 14);
  return (
    <div className={css["lane"]}>
      <span className={css["laneName"]}>{name}</span>
      {marks.map((mark, i) => (
        <span key={`${mark.label} ${mark.sure}`} className={css["mark"]} style={{ insetInlineStart: LEAD + Math.max(0, mark.at_s) * px_per_s }}>
          {shown[i] && <span className={css["markText"]}><T>{mark.label}</T></span>}
          <span className={mark.sure ? css["sure"] : css["open"]} />
        </span>
      ))}
    </div>
  );
}

/** Entries of the incident, the newest first. */
export function Log({ selection: { incident } }: { selection: Selection }) {
  const live = useLive();
  const entries = usePicture((p) => all(p, "entry"));
  const mine = useMemo(() => newest(entries, incident?.id), [entries, incident?.id]);
  return (
    <section className={css["log"]} aria-label={t("desk.log")} tabIndex={0}>
      {mine.length === 0 && <p className={css["quiet"]}>{t("desk.log_empty")}</p>}
      <ol>
        {mine.map((entry) => (
          <li key={entry.id} className={css["entry"]}>
            <span className={css["entryTime"]}>{clockText(entry.at)}</span>
            <span className={css["entryText"]} title={entryText(live.picture, entry)}><T>{entryText(live.picture, entry)}</T></span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const MOST_ENTRIES = 60;

function newest(entries: ReadonlyMap<string, IncidentEntry>, incidentId: string | undefined): readonly IncidentEntry[] {
  return [...entries.values()]
    .filter((entry) => entry.incident_id === incidentId)
    .sort((a, b) => ms(b.at) - ms(a.at))
    .slice(0, MOST_ENTRIES);
}
