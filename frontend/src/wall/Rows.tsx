// The other open incidents, ranked; what does not fit is counted, never scrolled.
import type { Incident } from "../contracts";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { columnDuration, durationText, ms } from "../times";
import { t, word } from "../words";
import { rowState, type RowState } from "./figures";
import { Districts } from "./Districts";
import css from "./Rows.module.css";
import { linesOf, useClocks, type Situation } from "./situation";

const ROOM = 4;
/** With no more rows than this there is room to show how ready the districts stand. */
const SPARE = 2;

export function Rows({ situation }: { situation: Situation }) {
  const others = situation.incidents.slice(1);
  const cut = others.length > ROOM;
  const shown = others.slice(0, ROOM);
  return (
    <>
    <ol className={css["rows"]} style={{ flexGrow: shown.length }}>
      {shown.map((incident) => <Row key={incident.id} situation={situation} incident={incident} />)}
      {cut && <More incidents={others.slice(ROOM)} />}
    </ol>
      {others.length <= SPARE && <Districts room={6 - others.length * 2} />}
    </>
  );
}

function Row({ situation, incident }: { situation: Situation; incident: Incident }) {
  const { running, shown } = useClocks();
  const state = rowState(incident, linesOf(situation, incident), situation.of(incident.id), shown);
  return (
    <li className={css["row"]}>
      <span className={css["square"]}><AlarmSquare level={incident.alarm_level} /></span>
      <div className={css["lines"]}>
        <p className={css["line"]}>
          <span className={css["title"]}><T>{word("kind", incident.kind)}</T></span>
          <span className={css["elapsed"]}>{columnDuration((running - ms(incident.reported_at)) / 1000)}</span>
        </p>
        <p className={css["line"]}>
          <span className={css["place"]}><T>{[incident.district, incident.address].filter(Boolean).join(" ")}</T></span>
          <span className={`${css["state"]} ${isBad(state) ? css["bad"] : ""}`}><T>{stateText(state, incident)}</T></span>
        </p>
      </div>
    </li>
  );
}

const isBad = (state: RowState): boolean => state.kind === "short" || state.kind === "silent" || state.kind === "waiting";

function stateText(state: RowState, incident: Incident): string {
  switch (state.kind) {
    case "waiting":
      return `▲ ${word("incident", "reported")}`;
    case "short":
      return `▲ ${t("wall.short_of", { what: word("line", state.line.requirement.key.split(".")[0] ?? ""), n: state.line.missing })}`;
    case "silent":
      return `▲ ${t("wall.unanswered", { n: state.units })}`;
    case "coming":
      return state.next_s === null ? t("wall.units_coming", { n: state.units }) : t("wall.next_arrival", { time: durationText(state.next_s) });
    case "arrived":
      return t("wall.units_on_scene", { n: state.units });
    case "status":
      return word("incident", incident.status);
  }
}

function More({ incidents }: { incidents: readonly Incident[] }) {
  const { running } = useClocks();
  const [first] = incidents;
  return (
    <li className={css["more"]}>
      <b className={css["moreNumber"]}>+{incidents.length}</b>
      {first && (
        <>
          <span className={css["moreSquare"]}><AlarmSquare level={first.alarm_level} /></span>
          <span className={css["moreTitle"]}><T>{word("kind", first.kind)}</T></span>
          <span className={css["moreSide"]}>{columnDuration((running - ms(first.reported_at)) / 1000)}</span>
        </>
      )}
    </li>
  );
}
