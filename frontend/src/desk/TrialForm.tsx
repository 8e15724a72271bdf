// Trying a move: a free unit, a station, and what that would do and break; then it can be ordered.
import { useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { Refusal } from "../api";
import type { MoveTrial } from "../contracts";
import { T } from "../parts/T";
import { all, assignmentByUnit, moveUpByUnit } from "../picture";
import { usePicture } from "../store";
import { joined, nameOf, refusalText, shortStation, t, word } from "../words";
import type { Acts } from "./acts";
import { tryMove } from "./answers";
import css from "./Cover.module.css";
import { coveringStations, firstEngine, freeUnits, orderable, type Option, type Orderable } from "./cover";
import { MoveLine, OrderButton } from "./MoveUpList";
import { PickInput } from "./PickInput";
import { Shares } from "./Shares";
import { NO_TRIAL, useDesk, type Trial } from "./state";
import type { Cover } from "./useCover";

export function TrialForm({ trial, acts, cover }: { trial: Trial; acts: Acts; cover: Cover }) {
  const { change } = useDesk();
  const [unit, pickUnit] = useState<Option | null>(null);
  const [station, pickStation] = useState<Option | null>(null);
  const { units, stations } = useOptions(cover);
  const form = useRef<HTMLFormElement>(null);
  const { asking, ask, forget } = useTrying();
  useBorrowedFocus(form);
  const input = (nth: number) => form.current?.querySelectorAll("input")[nth];
  const take = (nextUnit: Option | null, nextStation: Option | null) => {
    pickUnit(nextUnit);
    pickStation(nextStation);
    forget();
    if (nextUnit && nextStation) ask(nextUnit, nextStation);
    else if (nextUnit) input(1)?.focus();
  };
  return (
    <section className={css["block"]} aria-label={t("desk.try")}>
      <h2 className={css["title"]}>
        <strong>{t("desk.try")}</strong> <span className={css["quiet"]}>{t("desk.try.hint")}</span>
        <button type="button" tabIndex={-1} className={`${css["close"]} ${css["end"]}`} onClick={() => change({ trial: null })}>{t("desk.drawer_close")} <kbd className={css["cap"]}>Esc</kbd></button>
      </h2>
      <form
        ref={form}
        data-group="trial"
        className={css["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (unit && station) ask(unit, station);
        }}
      >
        <PickInput label={t("desk.try.unit")} hint={t("desk.try.unit_hint")} options={units} picked={unit} onPick={(next) => take(next, station)} first />
        <PickInput label={t("desk.try.station")} hint={t("desk.try.station_hint")} options={stations} picked={station} onPick={(next) => take(unit, next)} />
        <button type="submit" className="sr" tabIndex={-1}>{t("desk.try")}</button>
      </form>
      {asking && <p className={css["quiet"]} role="status">{t("desk.try.asking")}</p>}
      {trial.refused && <p className={css["bad"]} role="alert"><T>{`▲ ${trial.refused}`}</T></p>}
      {trial.answer && <Tried trial={trial.answer} move={orderable({ trial }, cover)} acts={acts} />}
    </section>
  );
}

function Tried({ trial: { move, before, after, breaks, degraded }, move: orderly, acts }: { trial: MoveTrial; move: Orderable | null; acts: Acts }) {
  const broken = joined(breaks.map((code) => word("desk.break", code)));
  return (
    <>
      <ol><MoveLine move={move}>{orderly && <OrderButton acts={acts} move={orderly} first />}</MoveLine></ol>
      <Shares before={before} rows={[{ name: t("desk.moves.tried"), within: after }]} />
      <p className={broken === "" ? css["good"] : css["bad"]} role="status"><T>{broken === "" ? t("desk.try.fine") : t("desk.try.breaks", { what: broken })}</T></p>
      {degraded.map((code) => <p key={code} className={css["amber"]}>△ {word("desk.cover.why", code)}</p>)}
    </>
  );
}

/** Units and stations by the names that a dispatcher may type. */
function useOptions({ coverage, moves }: Cover): { readonly units: readonly Option[]; readonly stations: readonly Option[] } {
  const units = usePicture((p) => all(p, "unit"));
  const stations = usePicture((p) => all(p, "station"));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const tables = usePicture((p) => all(p, "force_table"));
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")));
  const proposed = moves?.answer?.proposal.moves;
  return useMemo(
    () => ({
      units: freeUnits(units.values(), byUnit, (proposed ?? []).map((move) => move.unit_id), firstEngine(tables.values()), moved).map((unit) => ({
        id: unit.id, name: nameOf(unit), hint: shortStation(stations.get(unit.station_id)), also: `${unit.name} ${unit.name_en}`,
      })),
      stations: coveringStations(coverage, stations).map(({ station, free }) => ({
        id: station.id, name: nameOf(station), hint: t("desk.left", { n: free }), also: `${station.name} ${station.name_en} ${station.number ?? ""}`,
      })),
    }),
    [units, stations, byUnit, tables, moved, coverage, proposed],
  );
}

/** Asks what a move would do; only the newest question's answer is shown. */
function useTrying() {
  const { change } = useDesk();
  const [asking, setAsking] = useState(false);
  const newest = useRef(0);
  const ask = (unit: Option, station: Option) => {
    const mine = ++newest.current;
    const told = (trial: Trial) => {
      if (mine !== newest.current) return;
      setAsking(false);
      change((state) => (state.trial ? { trial } : {}));
    };
    setAsking(true);
    tryMove({ unit_id: unit.id, to_station_id: station.id }).then(
      (answer) => told({ answer, refused: null }),
      (error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        told({ answer: null, refused: refusalText(error, { unit: unit.name }) });
      },
    );
  };
  const forget = () => {
    newest.current += 1;
    setAsking(false);
    change((state) => (state.trial ? { trial: NO_TRIAL } : {}));
  };
  return { asking, ask, forget };
}

/** Takes the focus to the first field, and gives it back to where it was before. */
function useBorrowedFocus(form: RefObject<HTMLFormElement | null>): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    form.current?.querySelector("input")?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [form]);
}
