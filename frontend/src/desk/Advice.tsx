// The centre: the plans beside one another, who should go and why, stock, and the one key that sends it.
import { useMemo } from "react";
import { lineStates } from "../needs";
import { all } from "../picture";
import { usePicture } from "../store";
import { t } from "../words";
import type { Acts } from "./acts";
import css from "./Advice.module.css";
import { AdviceTable } from "./AdviceTable";
import { AdviceTitle, Warnings } from "./AdviceTitle";
import { AidBar } from "./AidBar";
import { Cards } from "./Cards";
import { ChoiceBar } from "./ChoiceBar";
import { Confirm } from "./Confirm";
import { NeedStrip } from "./NeedStrip";
import { Readiness } from "./Readiness";
import { canSend, type Selection } from "./selection";
import { FLICKER_S, useSolving } from "./solving";
import { StockLines } from "./StockLines";

export function Advice({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { incident, answer, advice, assignments } = selection;
  const slow = useSolving() > FLICKER_S;
  if (!incident) return <Readiness />;
  return (
    <section className={`${css["advice"]} ${slow && advice ? css["old"] : ""}`} aria-label={t("desk.advice")} aria-busy={slow}>
      <AdviceTitle acts={acts} selection={selection} />
      {canSend(incident) && <ChoiceBar acts={acts} selection={selection} />}
      {answer && canSend(incident) && <Cards answer={answer} acts={acts} selection={selection} />}
      <Needs selection={selection} />
      {advice && canSend(incident) && <Warnings advice={advice} />}
      {canSend(incident) && <AidBar acts={acts} selection={selection} />}
      <AdviceTable acts={acts} selection={selection} />
      {(advice?.stock.length ?? 0) + assignments.length > 0 && <StockLines selection={selection} />}
      {canSend(incident) && <Confirm acts={acts} selection={selection} />}
    </section>
  );
}

function Needs({ selection: { incident, assignments, advice } }: { selection: Selection }) {
  const units = usePicture((p) => all(p, "unit"));
  const states = useMemo(() => (incident ? lineStates(incident, assignments, units) : []), [incident, assignments, units]);
  return incident ? <NeedStrip incident={incident} states={states} assignments={assignments} advice={canSend(incident) ? advice : undefined} units={units} /> : null;
}
