// The queue: open incidents by urgency with their three clocks, and a repeat report with its evidence.
import { useMemo } from "react";
import type { Assignment, Incident } from "../contracts";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { all, assignmentsByIncident, get, isComing } from "../picture";
import { useLive, useNow, usePicture } from "../store";
import { dayOf, durationText, ms, shortClockText } from "../times";
import { nameOf, t, word } from "../words";
import type { Acts } from "./acts";
import { allMet, incidentClocks, silentUnits, type UnitClock } from "./clocks";
import css from "./Queue.module.css";
import { FIRST_ORDER_LIMIT_S, lastEnded, queueOrder, repeats, type Repeat } from "./queue";
import { useDesk } from "./state";

const NOBODY: readonly Assignment[] = [];

/** The order in which the incidents stand; the same list that the keys walk. */
export function useQueue(): readonly Incident[] {
  const incidents = usePicture((p) => all(p, "incident"));
  const byIncident = usePicture((p) => assignmentsByIncident(all(p, "assignment")));
  const now = useNow(5000) ?? 0;
  return useMemo(() => queueOrder(incidents.values(), byIncident, now), [incidents, byIncident, now]);
}

/** The newest repeat report that nobody has answered. */
export function useRepeat(): Repeat | undefined {
  const { state } = useDesk();
  const incidents = usePicture((p) => all(p, "incident"));
  const reports = usePicture((p) => all(p, "report"));
  return useMemo(() => repeats(reports.values(), incidents, state.settled)[0], [reports, incidents, state.settled]);
}

export function Queue({ acts, order }: { acts: Acts; order: readonly Incident[] }) {
  const { state, change } = useDesk();
  const repeat = useRepeat();
  const byIncident = usePicture((p) => assignmentsByIncident(all(p, "assignment")));
  const incidents = usePicture((p) => all(p, "incident"));
  const live = useLive();
  const today = dayOf(live.now() ?? 0);
  const counts = {
    waiting: order.filter((incident) => incident.status === "reported").length,
    today: [...incidents.values()].filter((incident) => dayOf(incident.reported_at) === today).length,
  };
  return (
    <nav className={css["queue"]} aria-label={t("desk.queue")}>
      <h2 className={css["title"]}>
        {t("desk.queue")} <strong className={css["count"]}>{order.length}</strong>
        <span className={css["tail"]}><T>{t("desk.queue_tail", counts)}</T></span>
      </h2>
      <button type="button" className={`${css["fresh"]} ${state.selected === null ? css["selected"] : ""}`} aria-current={state.selected === null} onClick={acts.reporting.newReport}>
        <span>＋ {t("desk.new_report")}</span> <kbd className={css["cap"]}>F4</kbd>
      </button>
      <div className={css["cards"]}>
        {repeat && <MergeCard repeat={repeat} acts={acts} />}
        {order.map((incident) => (
          <Card
            key={incident.id}
            incident={incident}
            assignments={byIncident.get(incident.id) ?? NOBODY}
            selected={incident.id === state.selected}
            onSelect={() => change({ selected: incident.id })}
          />
        ))}
        {order.length === 0 && <Nothing incidents={incidents} />}
      </div>
    </nav>
  );
}

interface CardProps {
  readonly incident: Incident;
  readonly assignments: readonly Assignment[];
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function Card({ incident, assignments, selected, onSelect }: CardProps) {
  const now = useNow(1000) ?? ms(incident.reported_at);
  const clocks = incidentClocks(assignments, now);
  const waiting = incident.status === "reported";
  const small = !selected && (assignments.length === 0 ? !waiting : allMet(clocks));
  return (
    <button type="button" className={`${css["card"]} ${selected ? css["selected"] : ""}`} aria-current={selected} onClick={onSelect}>
      <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
      <span className={css["what"]}>
        <span className={css["kind"]}><T>{t(`kind.${incident.kind}`)}</T></span>
        <span className={css["place"]}><T>{`${incident.number} · ${incident.address}`}</T></span>
      </span>
      <span className={css["when"]}>
        <strong className={css["elapsed"]}>{durationText((now - ms(incident.reported_at)) / 1000)}</strong>
        <CardState incident={incident} assignments={assignments} now={now} />
      </span>
      {waiting && <FirstOrder elapsed_s={(now - ms(incident.reported_at)) / 1000} />}
      {!small && !waiting && (
        <span className={css["clocks"]}>
          {clocks.map((clock) => <ClockCell key={clock.name} clock={clock} />)}
        </span>
      )}
    </button>
  );
}

function CardState({ incident, assignments, now }: { incident: Incident; assignments: readonly Assignment[]; now: number }) {
  const silent = silentUnits(assignments, now);
  const name = usePicture((p) => nameOf(get(p, "unit", silent[0]?.unit_id ?? "")));
  if (silent.length > 0) {
    return <span className={css["late"]}><T>{`${t("desk.silent", { unit: name })}${silent.length > 1 ? t("desk.silent_more", { n: silent.length }) : ""}`}</T></span>;
  }
  if (incident.status === "reported") return <span className={css["waiting"]}>{t("incident.reported")}</span>;
  const coming = assignments.filter(isComing).length;
  return <span className={css["state"]}><T>{coming > 0 ? t("desk.coming", { n: coming }) : word("incident", incident.status)}</T></span>;
}

function FirstOrder({ elapsed_s }: { elapsed_s: number }) {
  const state = elapsed_s > FIRST_ORDER_LIMIT_S ? "late" : elapsed_s > FIRST_ORDER_LIMIT_S * 0.55 ? "warn" : "running";
  return (
    <span className={css["first"]}>
      <span>{t("desk.first_order")}</span>
      <span className={css[`${state}Text`]}>{state === "late" && "▲ "}<T>{`${durationText(elapsed_s)} / ${durationText(FIRST_ORDER_LIMIT_S)}`}</T></span>
      <span className={css["bar"]}><span className={css[state]} style={{ inlineSize: `${Math.min(100, (elapsed_s / FIRST_ORDER_LIMIT_S) * 100)}%` }} /></span>
    </span>
  );
}

function ClockCell({ clock }: { clock: UnitClock }) {
  const { value_s, limit_s, state } = clock;
  return (
    <span className={css["clock"]}>
      <span className={css["clockName"]}>{t(`desk.clock.${clock.name}`)} <span className={css["limit"]}>/{durationText(limit_s)}</span></span>
      <span className={css[`${state}Text`]}>{value_s === null ? "—" : `${state === "late" ? "▲ " : ""}${durationText(value_s)}`}</span>
      <span className={css["bar"]}>
        {value_s !== null && <span className={css[state]} style={{ inlineSize: `${Math.max(4, Math.min(100, (value_s / limit_s) * 100))}%` }} />}
      </span>
    </span>
  );
}

function MergeCard({ repeat, acts }: { repeat: Repeat; acts: Acts }) {
  const { own, other, evidence, report } = repeat;
  const same = t(evidence.same_kind ? "desk.same_kind" : "desk.other_kind");
  return (
    <section className={css["merge"]} aria-label={t("desk.repeat")}>
      <span className={css["mergeHead"]}>
        <strong>{t("desk.repeat")}</strong> <T>{`${own.number} ${shortClockText(report.reported_at)}`}</T>
      </span>
      <span className={css["place"]}><T>{t("desk.repeat_of", { number: other.number, kind: t(`kind.${other.kind}`) })}</T></span>
      <span><T>{t("desk.repeat_evidence", { metres: evidence.distance_m, seconds: evidence.seconds_apart, same })}</T></span>
      {report.text && <span className={css["place"]}>{report.text}</span>}
      <span className={css["mergeKeys"]}>
        <button type="button" className={css["into"]} onClick={() => void acts.merge(own.id, other.id)}>
          <kbd className={css["cap"]}>M</kbd> <T>{t("desk.merge", { number: other.number })}</T>
        </button>
        <button type="button" className={css["apart"]} onClick={() => acts.separate(report.id)}>
          <kbd className={css["cap"]}>N</kbd> {t("desk.separate")}
        </button>
      </span>
    </section>
  );
}

function Nothing({ incidents }: { incidents: ReadonlyMap<string, Incident> }) {
  return (
    <div className={css["nothing"]}>
      <p>{t("desk.no_waiting")}</p>
      <p className={css["limit"]}>{t("desk.last_ended")}</p>
      {lastEnded(incidents.values(), 5).map((incident) => (
        <p key={incident.id} className={css["place"]}>
          <T>{`${incident.number} ${t(`kind.${incident.kind}`)} · ${word("incident", incident.status)}`}</T>
        </p>
      ))}
    </div>
  );
}
