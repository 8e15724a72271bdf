// The question for a reason: what is about to happen, usual reasons by digit, Enter does it, Esc drops it.
import { useEffect, useRef, useState } from "react";
import { T } from "../parts/T";
import { get } from "../picture";
import { useLive } from "../store";
import { nameOf, t, word } from "../words";
import type { Acts } from "./acts";
import css from "./AskBar.module.css";
import { useQueue } from "./Queue";
import { useDesk, type Ask } from "./state";

const PRESETS: Readonly<Record<Ask["kind"], readonly string[]>> = {
  level: ["grown", "people", "asked", "judged"],
  release: ["enough", "broken", "crossed", "worse"],
  divert: ["worse", "asked", "crossed"],
  outcome: ["caller", "duty", "done"],
  step: ["asked"],
};

export function AskBar({ question, acts }: { question: Ask; acts: Acts }) {
  const { change } = useDesk();
  const [reason, setReason] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const presets = PRESETS[question.kind].map((name) => word("desk.preset", name));
  useEffect(() => {
    const before = document.activeElement;
    input.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const send = () => {
    if (reason.trim() !== "") void acts.answer(question, reason.trim());
  };
  return (
    <form
      className={css["bar"]}
      data-group="reason"
      aria-label={t("desk.reason")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <strong className={css["what"]}><AskText question={question} /></strong>
      {question.kind === "divert" && <Into question={question} />}
      <input
        ref={input}
        className={css["input"]}
        aria-label={t("desk.reason")}
        placeholder={t("desk.reason_presets", { n: presets.length })}
        value={reason}
        onChange={(event) => setReason((reason === "" ? presets[Number(event.target.value) - 1] : undefined) ?? event.target.value)}
      />
      <span className={css["presets"]}>
        {presets.map((preset, i) => (
          <button key={preset} type="button" tabIndex={-1} className={css["preset"]} onClick={() => setReason(preset)}>
            <kbd className={css["cap"]}>{i + 1}</kbd> {preset}
          </button>
        ))}
      </span>
      <button type="submit" className={css["go"]} disabled={reason.trim() === ""}>{t("desk.send")} <kbd className={css["goCap"]}>↵</kbd></button>
      <button type="button" className={css["cancel"]} onClick={() => change({ ask: null })}>{t("desk.cancel")} <kbd className={css["cap"]}>Esc</kbd></button>
    </form>
  );
}

function AskText({ question }: { question: Ask }) {
  const live = useLive();
  const unit = (id: string) => nameOf(get(live.picture, "unit", id), id);
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
  }
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
