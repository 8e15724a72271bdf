// The question for a reason: what is about to happen, usual reasons by digit, Enter does it, Esc drops it.
import { useEffect, useRef, useState } from "react";
import { T } from "../parts/T";
import { get } from "../picture";
import { useLive } from "../store";
import { joined, nameOf, shortStation, t, word } from "../words";
import type { Acts } from "./acts";
import { readySeconds } from "./aid";
import { AidUnits } from "./AidUnits";
import css from "./AskBar.module.css";
import { useQueue } from "./Queue";
import type { Selection } from "./selection";
import { useDesk, type AidAsk, type Ask } from "./state";

const PRESETS: Readonly<Record<Exclude<Ask["kind"], "promise">, readonly string[]>> = {
  level: ["grown", "people", "asked", "judged"],
  release: ["enough", "broken", "crossed", "worse"],
  divert: ["worse", "asked", "crossed"],
  outcome: ["caller", "duty", "done"],
  step: ["asked"],
  aid: ["short", "grown", "asked"],
  decline: ["own_task", "too_far", "broken"],
  withdraw: ["met", "enough"],
  move_up: ["big_event", "commander"],
  recall: ["home_again", "worse", "enough"],
};
const MINUTES = ["0", "10", "20", "30"];

export function AskBar({ question, acts, selection }: { question: Ask; acts: Acts; selection: Selection }) {
  const { change } = useDesk();
  const promise = question.kind === "promise" ? question : null;
  const [reason, setReason] = useState(promise ? "0" : "");
  const input = useRef<HTMLInputElement>(null);
  const presets = question.kind === "promise" ? [] : PRESETS[question.kind].map((name) => word("desk.preset", name));
  const said = reason.trim();
  const complete = promise ? readySeconds(said) !== null && promise.unit_ids.length > 0 : said !== "";
  const label = promise ? t("desk.aid.minutes") : t("desk.reason");
  useEffect(() => {
    const before = document.activeElement;
    input.current?.select();
    input.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <form
      className={css["bar"]}
      data-group="reason"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) void acts.answer(question, said);
      }}
    >
      <strong className={css["what"]}><AskText question={question} /></strong>
      {question.kind === "divert" && <Into question={question} />}
      {promise && <AidUnits question={promise} selection={selection} />}
      <input
        ref={input}
        className={`${css["input"]} ${promise ? css["minutes"] : ""}`}
        aria-label={label}
        placeholder={promise ? label : t("desk.reason_presets", { n: presets.length })}
        value={reason}
        onChange={(event) => setReason((reason === "" ? presets[Number(event.target.value) - 1] : undefined) ?? event.target.value)}
      />
      <Presets presets={promise ? MINUTES : presets} minutes={promise !== null} choose={setReason} />
      <button type="submit" className={css["go"]} disabled={!complete}>{t("desk.send")} <kbd className={css["goCap"]}>↵</kbd></button>
      <button type="button" className={css["cancel"]} onClick={() => change({ ask: null })}>{t("desk.cancel")} <kbd className={css["cap"]}>Esc</kbd></button>
    </form>
  );
}

/** Usual answers: reasons by their digit, or minutes, which are typed as they are. */
function Presets({ presets, minutes, choose }: { presets: readonly string[]; minutes: boolean; choose: (preset: string) => void }) {
  return (
    <span className={css["presets"]}>
      {minutes && <span className={css["unit"]}>{t("desk.aid.minutes")}</span>}
      {presets.map((preset, i) => (
        <button key={preset} type="button" tabIndex={-1} className={css["preset"]} onClick={() => choose(preset)}>
          {!minutes && <kbd className={css["cap"]}>{i + 1}</kbd>} {minutes ? t("desk.aid.in_minutes", { n: preset }) : preset}
        </button>
      ))}
    </span>
  );
}

function AskText({ question }: { question: Ask }) {
  const live = useLive();
  const unit = (id: string) => nameOf(get(live.picture, "unit", id), id);
  const station = (id: string) => shortStation(get(live.picture, "station", id));
  switch (question.kind) {
    case "level":
      return <T>{t("desk.reason.level", { level: question.level })}</T>;
    case "release":
      return <T>{t("desk.reason.release", { unit: unit(question.assignment.unit_id) })}</T>;
    case "divert":
      return <T>{t("desk.reason.divert", { unit: unit(question.assignment.unit_id), number: get(live.picture, "incident", question.into)?.number ?? "" })}</T>;
    case "outcome":
      return <T>{t("desk.reason.outcome", { outcome: t(`desk.outcome.${question.outcome}`) })}</T>;
    case "step":
      return <T>{t("desk.reason.step", { step: t(`desk.step.${question.to}`) })}</T>;
    case "move_up":
      return <T>{t("desk.reason.move_up", { unit: unit(question.unit_id), station: station(question.to_station_id), what: joined(question.breaks.map((code) => word("desk.break", code))) })}</T>;
    case "recall":
      return <T>{t("desk.reason.recall", { unit: unit(question.order.unit_id), station: station(question.order.to_station_id) })}</T>;
    default:
      return <T>{aidText(question, unit, (id) => nameOf(get(live.picture, "organisation", id), id))}</T>;
  }
}

function aidText(question: AidAsk, unit: (id: string) => string, organisationOf: (id: string) => string): string {
  const owner = question.kind === "aid" ? question.organisation_id : question.request.organisation_id;
  const units = question.kind === "aid" ? joined(question.unit_ids.map(unit)) : "";
  return t(`desk.reason.${question.kind}`, { organisation: organisationOf(owner), units });
}

/** Which incident a unit is diverted to. */
function Into({ question }: { question: Extract<Ask, { kind: "divert" }> }) {
  const { change } = useDesk();
  const order = useQueue().filter((incident) => incident.id !== question.assignment.incident_id);
  return (
    <select className={css["into"]} aria-label={t("desk.divert_to")} value={question.into} onChange={(event) => change({ ask: { ...question, into: event.target.value } })}>
      {order.map((incident) => (
        <option key={incident.id} value={incident.id}>{`${incident.number} ${t(`kind.${incident.kind}`)}`}</option>
      ))}
    </select>
  );
}
