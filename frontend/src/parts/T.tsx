// Text whose digits and Latin letters are set larger, so that they are as legible as the Hanzi beside them.
import { Fragment } from "react";
import { language } from "../words";
import css from "./T.module.css";

const LATIN_RUN = /([!-~×°²³′″−–±≥≤▲△✓✕]+)/;

/** Splits a text into runs, every second one digits or Latin. */
export function runs(text: string): readonly string[] {
  return text.split(LATIN_RUN);
}

/** In Chinese, runs of digits and Latin at 1.25 times the size; in English the text as it is. */
export function T({ children }: { children: string | number }) {
  const text = String(children);
  if (language() === "en") return <span className={css["en"]}>{text}</span>;
  return (
    <>
      {runs(text).map((run, i) =>
        i % 2 === 1 ? <span key={i} className={css["latin"]}>{run}</span> : <Fragment key={i}>{run}</Fragment>,
      )}
    </>
  );
}
