// The command line with the effect of what is typed, and the question for a reason where an act needs one.
import { useMemo, useRef, useState } from "react";
import { T } from "../parts/T";
import { all, assignmentByUnit, get, isActive } from "../picture";
import { useLive, usePicture } from "../store";
import { nameOf, t, word } from "../words";
import type { Acts } from "./acts";
import css from "./Footer.module.css";
import { parse, type Command, type Parsed } from "./line";
import { useQueue } from "./Queue";
import type { Selection } from "./selection";
import { useDesk, type Saying } from "./state";

const MARK: Readonly<Record<Saying["tone"], string>> = { good: "✓ ", bad: "▲ ", plain: "" };
const EXAMPLES = ["send", "level", "close", "release", "divert", "note"] as const;

export function CommandLine({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { state } = useDesk();
  const [text, write] = useState("");
  const running = useRef<string | null>(null);
  const parsed = useParsed(text, selection);
  const number = useNumbers();
  const run = () => {
    // The same line sent twice while it is on its way is one act.
    if (!parsed.ok || running.current === text) return;
    running.current = text;
    const clear = (done: boolean) => done && write((now) => (now === text ? "" : now));
    const end = () => {
      running.current = null;
    };
    void acts.run(parsed.command).then(clear).finally(end);
  };
  const news = state.saying;
  return (
    <div className={css["command"]}>
      <div className={css["commandBox"]} data-group="command">
        <kbd className={css["cap"]}>/</kbd>
        <input
          data-focus=""
          className={css["commandInput"]}
          aria-label={t("desk.command")}
          placeholder={t("desk.command_hint")}
          autoComplete="off"
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.nativeEvent.isComposing) run();
          }}
        />
        <kbd className={css["cap"]}>Ctrl K</kbd>
      </div>
      {text !== "" && <p className={parsed.ok ? css["effect"] : css["lack"]} role="status"><T>{parsed.ok ? `↵ ${effectText(parsed.command, number)}` : t(`desk.lack.${parsed.lacks}`)}</T></p>}
      {news && <p data-said="" className={css[news.tone]} title={news.text} role={news.tone === "bad" ? "alert" : "status"}><T>{`${MARK[news.tone]}${news.text}`}</T></p>}
      {text === "" && <Examples />}
    </div>
  );
}

function Examples() {
  return (
    <ul className={css["examples"]}>
      {EXAMPLES.map((name) => (
        <li key={name}><strong><T>{t(`desk.example.${name}`)}</T></strong> <span className={css["quiet"]}>{t(`desk.example.${name}.what`)}</span></li>
      ))}
    </ul>
  );
}

function useParsed(text: string, { incident }: Selection): Parsed {
  const units = usePicture((p) => all(p, "unit"));
  const closures = usePicture((p) => all(p, "closure"));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const incidents = useQueue();
  return useMemo(
    () =>
      parse(text, {
        units: units.values(),
        incidents,
        closures: closures.values(),
        assignmentOf: (id) => {
          const held = byUnit.get(id);
          return held && isActive(held) ? held : undefined;
        },
        selected: incident,
      }),
    [text, units, closures, byUnit, incidents, incident],
  );
}

function useNumbers(): (incidentId: string) => string {
  const live = useLive();
  return (id) => get(live.picture, "incident", id)?.number ?? id;
}

/** What a command would do, in words, before Enter. */
export function effectText(command: Command, number: (incidentId: string) => string): string {
  switch (command.type) {
    case "send":
      return t("desk.effect.send", { unit: nameOf(command.unit), number: command.incident.number });
    case "level":
      return t("desk.effect.level", { number: command.incident.number, level: command.level });
    case "close_roads":
      return t("desk.effect.close_roads", { place: command.place, radius: command.radius_m });
    case "open_roads":
      return t("desk.effect.open_roads", { name: command.closure.name });
    case "release":
      return t("desk.effect.release", { unit: nameOf(command.unit), number: number(command.assignment.incident_id) });
    case "divert":
      return t("desk.effect.divert", { unit: nameOf(command.unit), number: command.incident.number });
    case "note":
      return t("desk.effect.note", { number: command.incident.number, text: command.text });
    case "step":
      return t("desk.effect.step", { number: command.incident.number, step: word("incident", command.to) });
    case "why":
    case "pin":
    case "forbid":
      return t(`desk.effect.${command.type}`, { unit: nameOf(command.unit) });
  }
}
