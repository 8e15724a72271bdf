// The move-ups that are advised, with the common rule's beside them; to be read, because the service orders none.
import type { MoveUps, StationMove } from "../contracts";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all } from "../picture";
import { usePicture } from "../store";
import { durationText, numberText } from "../times";
import { joined, nameOf, refusalText, shortStation, t, word } from "../words";
import css from "./Cover.module.css";
import type { Followed } from "./followed";
import { Shares } from "./Shares";

export function MoveUpList({ moves }: { moves: Followed<MoveUps> | null }) {
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
      {answer && answer.proposal.moves.length > 0 && <Proposed moves={answer} />}
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

function Proposed({ moves: { proposal, rule, before } }: { moves: MoveUps }) {
  const rows = [
    { name: t("desk.moves.after"), within: proposal.within, net_pct: proposal.value_pct },
    { name: t("desk.moves.rule"), within: rule.within, net_pct: rule.value_pct },
  ];
  return (
    <>
      <ol>{proposal.moves.map((move) => <MoveLine key={move.unit_id} move={move} />)}</ol>
      <Shares before={before} rows={rows} />
    </>
  );
}

/** A unit, from where to where, and how long by road. */
export function MoveLine({ move }: { move: StationMove }) {
  const unit = usePicture((p) => all(p, "unit")).get(move.unit_id);
  const stations = usePicture((p) => all(p, "station"));
  const way = t("desk.moves.way", { from: shortStation(stations.get(move.from_station_id)), to: shortStation(stations.get(move.to_station_id)) });
  return (
    <li className={css["move"]}>
      {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status="available" />}
      <strong className={css["unit"]}><T>{nameOf(unit, move.unit_id)}</T></strong>
      <span className={css["cut"]} title={way}><T>{way}</T></span>
      <strong>{move.seconds > 0 && <T>{durationText(move.seconds)}</T>}</strong>
    </li>
  );
}
