// Small pieces that every part of this screen uses: titles, choices, fields, sentences about trust and refusals.
import type { KeyboardEvent, ReactNode } from "react";
import type { Refusal } from "../api";
import { T } from "../parts/T";
import { refusalText, t, word } from "../words";
import css from "./Panel.module.css";

interface TopProps {
  readonly name: string;
  readonly line: string;
  readonly children?: ReactNode;
}

/** The line over a part: its name, what it rests on, its figures. */
export function Top({ name, line, children }: TopProps) {
  return (
    <div className={css["top"]}>
      <div className={css["head"]}>
        <h2 className={css["name"]}>{name}</h2>
        <p className={css["line"]}><T>{line}</T></p>
      </div>
      {children}
    </div>
  );
}

/** A figure with what it is of. */
export function Figure({ value, under, tone = "" }: { value: string; under: string; tone?: "bad" | "good" | "amber" | "" }) {
  return (
    <div className={css["figure"]}>
      <span className={`${css["value"]} ${tone === "" ? "" : css[tone]}`}>{value}</span>
      <span className={css["under"]}><T>{under}</T></span>
    </div>
  );
}

/** The head of a section of a panel. */
export function Section({ name, beside = "" }: { name: string; beside?: string }) {
  return (
    <div className={css["section"]}>
      <h3>{name}</h3>
      {beside !== "" && <span className={css["quiet"]}><T>{beside}</T></span>}
    </div>
  );
}

/** What stands against the figures, in words; nothing while all is well. */
export function Against({ codes }: { codes: readonly string[] }) {
  if (codes.length === 0) return null;
  return <p role="status" className={css["against"]}><T>{`△ ${codes.map((code) => word("planner.against", code)).join(" · ")}`}</T></p>;
}

/** A refusal in words; one that passes says that it is tried again. */
export function Refused({ refusal, passing = false }: { refusal: Refusal; passing?: boolean }) {
  return <p role="alert" className={css["refused"]}><T>{`▲ ${refusalText(refusal)}${passing ? ` · ${t("planner.trying")}` : ""}`}</T></p>;
}

/** How far something is that is being computed. */
export function Progress({ text, done, of }: { text: string; done: number; of: number }) {
  return (
    <div className={css["wait"]} role="status">
      <T>{text}</T>
      <span className={css["bar"]} aria-hidden="true"><span style={{ inlineSize: `${of > 0 ? (100 * done) / of : 0}%` }} /></span>
    </div>
  );
}

interface ChoiceProps<V extends string | number> {
  readonly label: string;
  readonly value: V;
  readonly options: readonly (readonly [V, string])[];
  readonly onChange: (value: V) => void;
}

/** One of a few. */
export function Choice<V extends string | number>({ label, value, options, onChange }: ChoiceProps<V>) {
  return (
    <div className={css["field"]}>
      <span aria-hidden="true">{label}</span>
      <div className={css["choices"]} role="group" aria-label={label} onKeyDown={stepThrough}>
        {options.map(([option, text]) => (
          <button key={option} type="button" className={css["choice"]} aria-pressed={option === value} onClick={() => onChange(option)}>{text}</button>
        ))}
      </div>
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly wrong?: boolean;
  readonly disabled?: boolean;
  readonly hidden?: boolean;
  readonly inputMode?: "numeric" | "decimal" | "text";
}

/** A typed value; `hidden` keeps its label for those who hear the page. */
export function Field({ label, value, onChange, wrong = false, disabled = false, hidden = false, inputMode = "numeric" }: FieldProps) {
  const input = <input className={css["input"]} aria-label={label} inputMode={inputMode} value={value} aria-invalid={wrong} disabled={disabled} onChange={(event) => onChange(event.target.value)} />;
  if (hidden) return input;
  return <div className={css["field"]}><span aria-hidden="true">{label}</span>{input}</div>;
}

const NEXT: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Arrow keys go from button to button of a list. */
export function stepThrough(event: KeyboardEvent<HTMLElement>): void {
  const step = NEXT[event.key];
  if (step === undefined || !(event.target instanceof HTMLButtonElement)) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
  const next = buttons[buttons.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
