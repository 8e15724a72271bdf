// Why a unit goes or does not: every true reason with its evidence, who else could, and what to do about it.
import { useEffect, useState } from "react";
import { Refusal } from "../api";
import type { Why } from "../contracts";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentByUnit, get, moveUpByUnit, unitStatus } from "../picture";
import { useLive, usePicture } from "../store";
import { durationText, numberText } from "../times";
import { hasWord, nameOf, refusalText, t, word } from "../words";
import type { Acts } from "./acts";
import { why } from "./answers";
import { holderOf } from "./choices";
import css from "./Drawer.module.css";
import { Candidates, DrawerActs } from "./DrawerActs";
import { oneMoreText, whyText } from "./sentences";
import type { Selection } from "./selection";
import { useDesk } from "./state";

const SHOWN_PARAMETERS = ["height_m", "pump_lps", "water_l", "foam_l"];

export function Drawer({ unitId, acts, selection }: { unitId: string; acts: Acts; selection: Selection }) {
  const { change } = useDesk();
  const unit = usePicture((p) => get(p, "unit", unitId));
  const station = usePicture((p) => get(p, "station", unit?.station_id ?? ""));
  const units = usePicture((p) => all(p, "unit"));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")).get(unitId));
  const target = usePicture((p) => (moved ? get(p, "station", moved.to_station_id) : undefined));
  const { advice } = selection;
  const answer = useWhy(advice?.id, unitId);
  const near = advice?.not_used.find((other) => other.unit_id === unitId);
  const picked = advice?.picks.find((pick) => pick.unit_id === unitId);
  const eta = near?.eta_s ?? picked?.eta_s;
  const holder = near && advice && holderOf(advice, unitId);
  const line = near?.line ?? picked?.line;
  const worth = advice?.one_more.find((each) => each.line === line);
  const figures = SHOWN_PARAMETERS.filter((name) => unit?.parameters[name] && hasWord("parameter", name));
  return (
    <aside className={css["drawer"]} aria-label={picked ? nameOf(unit, unitId) : t("desk.why_not", { unit: nameOf(unit, unitId) })}>
      <header className={css["head"]}>
        {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unitStatus(unit, byUnit.get(unitId))} />}
        <h2 className={css["name"]}><T>{nameOf(unit, unitId)}</T></h2>
        <span className={css["station"]}><T>{`${nameOf(station)}${eta === undefined ? "" : ` · ${durationText(eta)}`}`}</T></span>
        <button type="button" className={css["close"]} onClick={() => change({ drawer: null })}>{t("desk.drawer_close")} <kbd className={css["cap"]}>Esc</kbd></button>
      </header>
      {moved && <p className={css["figures"]}><T>{`${t(`move_up.${moved.status}`)} · ${t("desk.move.to", { station: nameOf(target) })}`}</T></p>}
      <p className={css["figures"]}>
        <T>{figures.map((name) => `${word("parameter", name)} ${numberText(unit?.parameters[name] ?? 0)}`).join(" · ")}</T>
      </p>
      {near && holder && near.eta_s < holder.eta_s && (
        <p className={css["nearer"]}><T>{t("desk.nearer", { unit: nameOf(units.get(holder.unit_id), holder.unit_id), mine: durationText(near.eta_s), other: durationText(holder.eta_s) })}</T></p>
      )}
      {answer.refused && <p role="alert" className={css["bad"]}>▲ {answer.refused}</p>}
      <ol className={css["reasons"]}>
        {distinct([...(picked?.why ?? []), ...answer.why]).map((reason, i) => <Reason key={`${reason.code} ${i}`} n={i + 1} reason={reason} />)}
      </ol>
      {answer.asked && answer.why.length === 0 && !picked && !answer.refused && <p className={css["station"]}>{t("desk.drawer_none")}</p>}
      {worth && <p className={css["figures"]}><T>{oneMoreText(worth)}</T></p>}
      {advice && line !== undefined && <Candidates line={line} unitId={unitId} advice={advice} />}
      <DrawerActs unitId={unitId} acts={acts} selection={selection} />
    </aside>
  );
}

/** Each reason once: the same may hold against a unit on several lines. */
function distinct(reasons: readonly Why[]): readonly Why[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}

function Reason({ n, reason }: { n: number; reason: Why }) {
  const live = useLive();
  const price = PRICES.map((name) => reason.params[name]).find((value) => typeof value === "number");
  return (
    <li className={css["reason"]}>
      <span className={css["n"]}>{n}</span>
      <span className={css["words"]}><T>{whyText(live.picture, reason)}</T></span>
      {typeof price === "number" && <strong className={css["bad"]}><T>{`+${durationText(price)}`}</T></strong>}
    </li>
  );
}

const PRICES = ["by_s", "slower_s", "would_wait_s"];

interface Answer {
  readonly asked: boolean;
  readonly why: readonly Why[];
  readonly refused: string | null;
}

/** The reasons against a unit, asked when the drawer opens and again for another advice. */
function useWhy(adviceId: string | undefined, unitId: string): Answer {
  const key = `${adviceId ?? ""} ${unitId}`;
  const [held, setHeld] = useState<{ key: string; answer: Answer }>({ key: "", answer: { asked: false, why: [], refused: null } });
  useEffect(() => {
    if (!adviceId) return;
    const stop = new AbortController();
    why(adviceId, unitId, stop.signal).then(
      (found) => setHeld({ key, answer: { asked: true, why: found.why, refused: null } }),
      (error: unknown) => {
        if (error instanceof Refusal) setHeld({ key, answer: { asked: true, why: [], refused: refusalText(error) } });
      },
    );
    return () => stop.abort();
  }, [adviceId, unitId, key]);
  return held.key === key ? held.answer : { asked: false, why: [], refused: null };
}
