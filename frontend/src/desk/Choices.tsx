// A row of choices with one tab stop: arrows move in it, digits act in it while it has the bright frame.
import type { KeyboardEvent, ReactNode } from "react";
import { T } from "../parts/T";
import css from "./Choices.module.css";
import type { Group } from "./keys";
import { digitOf } from "./kinds";

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly chosen: boolean;
  /** Drawn instead of the label, e.g. an alarm square. */
  readonly face?: ReactNode;
}

interface Props {
  readonly group: Group;
  readonly cap: string;
  readonly title: string;
  readonly hint?: string;
  readonly rows: readonly (readonly Choice[])[];
  readonly tone?: "plain" | "amber";
  readonly onPick: (row: number, index: number) => void;
}

export function Choices({ group, cap, title, hint, rows, tone = "plain", onPick }: Props) {
  const all = rows.flat();
  const stop = all.find((choice) => choice.chosen)?.id ?? all[0]?.id;
  return (
    <section className={css["group"]} data-group={group} role="group" aria-label={title} onKeyDown={walk}>
      <header className={css["head"]}>
        <span className={css["title"]}>{title}</span>
        <kbd className={css["jump"]}>{cap}</kbd>
        {hint && <span className={css["hint"]}>{<T>{hint}</T>}</span>}
      </header>
      {rows.map((choices, row) => (
        <div key={row} className={css["row"]}>
          {choices.map((choice, index) => (
            <button
              key={choice.id}
              type="button"
              className={`${css["choice"]} ${choice.chosen ? css["chosen"] : ""} ${css[tone]} ${choice.face ? css["faced"] : ""}`}
              aria-pressed={choice.chosen}
              aria-label={choice.face ? choice.label : undefined}
              tabIndex={choice.id === stop ? 0 : -1}
              data-focus={choice.id === stop ? "" : undefined}
              onClick={() => onPick(row, index)}
            >
              {!choice.face && digitOf(index) !== "" && <kbd className={css["digit"]}>{digitOf(index)}</kbd>}
              {choice.face ?? <span>{choice.label}</span>}
            </button>
          ))}
        </div>
      ))}
    </section>
  );
}

/** Arrow keys move the focus between the buttons of a group. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}
