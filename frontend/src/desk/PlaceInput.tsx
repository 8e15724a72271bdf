// The place of a report: typed as name, pinyin or initials; candidates by arrows and Enter.
import { useEffect, useId, useState, type KeyboardEvent } from "react";
import type { Place } from "../contracts";
import { T } from "../parts/T";
import { nameOf, t } from "../words";
import { places } from "./answers";
import css from "./Form.module.css";

const PAUSE_MS = 90;
const SHOWN = 3;

interface Props {
  readonly query: string;
  readonly place: Place | null;
  readonly onType: (query: string) => void;
  readonly onPick: (place: Place) => void;
}

export function PlaceInput({ query, place, onType, onPick }: Props) {
  const { found, settled } = useCandidates(place ? "" : query);
  const [at, setAt] = useState(0);
  const list = useId();
  const chosen = Math.min(at, found.length - 1);
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(found.length - 1, chosen + step)));
    }
    // An Enter that comes before the answer to the whole text must not take a place that only its beginning meant.
    const candidate = settled ? found[chosen] : undefined;
    if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && candidate) {
      event.preventDefault();
      onPick(candidate);
    }
  };
  return (
    <section className={css["place"]} data-group="place">
      <div className={css["placeLine"]}>
        <kbd className={css["cap"]}>L</kbd>
        <input
          data-focus=""
          className={css["placeInput"]}
          role="combobox"
          aria-label={t("desk.place")}
          aria-expanded={found.length > 0}
          aria-controls={list}
          aria-activedescendant={found[chosen] ? `${list}-${chosen}` : undefined}
          autoComplete="off"
          placeholder={t("desk.place_hint")}
          value={query}
          onChange={(event) => {
            setAt(0);
            onType(event.target.value);
          }}
          onKeyDown={keys}
        />
        {place && <span className={css["placed"]}>{t("desk.placed")}</span>}
      </div>
      {settled && found.length === 0 && <p role="status" className={css["unknown"]}>{t("desk.place_none")}</p>}
      <Candidates list={list} found={found} busy={!settled} chosen={chosen} onPick={onPick} />
    </section>
  );
}

interface ListProps {
  readonly list: string;
  readonly found: readonly Place[];
  readonly busy: boolean;
  readonly chosen: number;
  readonly onPick: (place: Place) => void;
}

/** The candidates around the chosen one, as many as there is room for. */
function Candidates({ list, found, busy, chosen, onPick }: ListProps) {
  const first = Math.max(0, chosen - SHOWN + 1);
  return (
    <ul id={list} role="listbox" aria-busy={busy} aria-label={t("desk.place")} className={css["candidates"]}>
      {found.slice(first, first + SHOWN).map((candidate, offset) => {
        const i = first + offset;
        return (
          <li
            key={candidate.id}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === chosen}
            className={`${css["candidate"]} ${i === chosen ? css["here"] : ""}`}
            onMouseDown={(event) => {
              event.preventDefault();
              onPick(candidate);
            }}
          >
            <kbd className={css["cap"]}>{i === chosen ? "↵" : i > chosen ? "↓" : "↑"}</kbd>
            <span className={css["candidateName"]}><T>{nameOf(candidate)}</T></span>
            <span className={css["candidateArea"]}>{candidate.district}</span>
          </li>
        );
      })}
    </ul>
  );
}

interface Answer {
  readonly found: readonly Place[];
  /** The places are those of the whole text, not of its beginning. */
  readonly settled: boolean;
}

/** Places that a text may mean, asked when the fingers pause. */
function useCandidates(query: string): Answer {
  const [found, setFound] = useState<{ readonly query: string; readonly places: readonly Place[] }>({ query: "", places: [] });
  const text = query.trim();
  useEffect(() => {
    if (text === "") return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      places(text, stop.signal).then(
        (answer) => setFound({ query: text, places: answer }),
        () => {
          if (!stop.signal.aborted) setFound({ query: "", places: [] });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return text === "" ? { found: [], settled: false } : { found: found.places, settled: found.query === text };
}
