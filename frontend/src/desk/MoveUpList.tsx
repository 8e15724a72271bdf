// The move-ups that are advised, with the common rule's beside them; each can be ordered, the first by its key.
import type { ReactNode } from "react";
import type { MoveUpOrder, MoveUps, StationMove } from "../contracts";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all } from "../picture";
import { usePicture } from "../store";
import { durationText, numberText } from "../times";
import { joined, nameOf, refusalText, shortStation, t, word } from "../words";
import type { Acts } from "./acts";
import css from "./Cover.module.css";
import { unordered, type Orderable } from "./cover";
import { Shares } from "./Shares";
import type { Cover } from "./useCover";

export function MoveUpList({ acts, cover }: { acts: Acts; cover: Cover }) {
  const { moves, moved } = cover;
  if (!moves) return null;
  const { answer, refused } = moves;
  return (
    <section className={css["block"]} aria-label={t("desk.moves")} aria-busy={answer === null && refused === null}>
      <h2 className={css["title"]}>
        <strong>{t("desk.moves")}</strong>
        {refused && <span className={`${css["amber"]} ${css["cut"]}`}><T>{refusalText(refused)}</T></span>}
        {!refused && !answer && <span className={css["quiet"]}>{t("desk.moves.asking")}</span>}
        {answer && <Said moves={answer} />}
      </h2>
      {answer && unordered(answer.proposal.moves, moved).length > 0 && <Proposed moves={answer} moved={moved} acts={acts} />}
    </section>
  );
}

/** Who stands empty, whether the proposal is proved, and what stands against it. */
function Said({ moves }: { moves: MoveUps }) {
  const stations = usePicture((p) => all(p, "station"));
  const { emptied, proposal, proved, gap_pct, degraded } = moves;
  const names = joined(emptied.map((id) => shortStation(stations.get(id))));
  const found = proposal.moves.length > 0;
  const trust = proved ? t("desk.proved") : t("desk.gap", { gap: numberText(gap_pct, 1) });
  return (
    <>
      {!found && <span className={css["quiet"]}>{t("desk.moves.none")}</span>}
      {names !== "" && <span className={`${css["quiet"]} ${css["cut"]}`} title={names}><T>{t("desk.moves.empty", { names })}</T></span>}
      {degraded.map((code) => <span key={code} className={css["amber"]}>△ {word("desk.cover.why", code)}</span>)}
      {found && <span className={`${css["end"]} ${proved ? css["good"] : css["amber"]}`}><T>{trust}</T></span>}
    </>
  );
}

function Proposed({ moves: { proposal, rule, before }, moved, acts }: { moves: MoveUps; moved: readonly MoveUpOrder[]; acts: Acts }) {
  const rows = [
    { name: t("desk.moves.after"), within: proposal.within, net_pct: proposal.value_pct },
    { name: t("desk.moves.rule"), within: rule.within, net_pct: rule.value_pct },
  ];
  return (
    <>
      <ol>
        {unordered(proposal.moves, moved).map((move, i) => (
          <MoveLine key={move.unit_id} move={move}><OrderButton acts={acts} move={{ ...move, breaks: [] }} first={i === 0} /></MoveLine>
        ))}
      </ol>
      <Shares before={before} rows={rows} />
    </>
  );
}

/** A unit, from where to where, and how long by road. */
export function MoveLine({ move, children }: { move: StationMove; children?: ReactNode }) {
  const unit = usePicture((p) => all(p, "unit")).get(move.unit_id);
  const stations = usePicture((p) => all(p, "station"));
  const way = t("desk.moves.way", { from: shortStation(stations.get(move.from_station_id)), to: shortStation(stations.get(move.to_station_id)) });
  return (
    <li className={css["move"]}>
      {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status="available" />}
      <strong className={css["unit"]}><T>{nameOf(unit, move.unit_id)}</T></strong>
      <span className={css["cut"]} title={way}><T>{way}</T></span>
      <strong>{move.seconds > 0 && <T>{durationText(move.seconds)}</T>}</strong>
      {children}
    </li>
  );
}

/** Orders a move; one that breaks a rule asks for its reason first. */
export function OrderButton({ acts, move, first }: { acts: Acts; move: Orderable; first: boolean }) {
  return (
    <button type="button" tabIndex={-1} className={css["act"]} onClick={() => acts.moving.begin(move)}>
      {t("desk.move.order")}{first && <kbd className={css["cap"]}>B</kbd>}
    </button>
  );
}
