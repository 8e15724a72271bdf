// The centre: who should go and why, the nearest-first plan beside it, stock, and the one key that sends it.
import { useMemo } from "react";
import type { Recommendation } from "../contracts";
import { lineStates } from "../needs";
import { T } from "../parts/T";
import { all } from "../picture";
import { usePicture } from "../store";
import { durationText } from "../times";
import { joined, nameOf, t } from "../words";
import type { Acts } from "./acts";
import css from "./Advice.module.css";
import { stationCount, trustOf } from "./advice";
import { AdviceTable } from "./AdviceTable";
import { AdviceTitle, Warnings } from "./AdviceTitle";
import { Confirm } from "./Confirm";
import { NeedStrip } from "./NeedStrip";
import { Readiness } from "./Readiness";
import { canSend, type Selection } from "./selection";
import { StockLines } from "./StockLines";

export function Advice({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { incident, advice, assignments } = selection;
  if (!incident) return <Readiness />;
  return (
    <section className={css["advice"]} aria-label={t("desk.advice")}>
      <AdviceTitle acts={acts} selection={selection} />
      {advice && canSend(incident) && <Plans advice={advice} />}
      <Needs selection={selection} />
      {advice && canSend(incident) && <Warnings advice={advice} />}
      <AdviceTable selection={selection} />
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

function Plans({ advice }: { advice: Recommendation }) {
  const units = usePicture((p) => all(p, "unit"));
  const names = (ids: readonly string[]) => joined(ids.map((id) => nameOf(units.get(id), id)));
  const { greedy } = advice;
  const same = greedy.only_ours.length + greedy.only_greedy.length === 0;
  const ourIds = advice.picks.map((pick) => pick.unit_id);
  return (
    <div className={css["plans"]}>
      <PlanCard title={t("desk.our_plan")} chosen outcome={advice.outcome} beside={greedy.outcome} ids={ourIds} dashed={trustOf(advice) === "greedy"}>
        {!same && greedy.only_ours.length > 0 && <T>{t("desk.only_ours", { names: names(greedy.only_ours) })}</T>}
      </PlanCard>
      <PlanCard title={t("desk.greedy_plan")} outcome={greedy.outcome} beside={advice.outcome} ids={greedy.unit_ids}>
        <T>{same ? t("desk.greedy_same") : greedy.only_greedy.length > 0 ? t("desk.only_greedy", { names: names(greedy.only_greedy) }) : ""}</T>
      </PlanCard>
    </div>
  );

  function PlanCard(props: CardProps) {
    return <Card {...props} stations={stationCount(props.ids, units)} />;
  }
}

interface CardProps {
  readonly title: string;
  readonly chosen?: boolean;
  readonly dashed?: boolean;
  readonly outcome: Recommendation["outcome"];
  readonly beside: Recommendation["outcome"];
  readonly ids: readonly string[];
  readonly children: React.ReactNode;
}

const time = (seconds: number | null): string => (seconds === null ? "—" : durationText(seconds));

/** Four figures on one scale; a figure better than the plan beside it is marked with its sign. */
function Card({ title, chosen = false, dashed = false, outcome, beside, ids, stations, children }: CardProps & { stations: number }) {
  return (
    <article className={`${css["plan"]} ${chosen ? css["chosen"] : ""} ${dashed ? css["dashed"] : ""}`}>
      <h3 className={css["planTitle"]}>
        {title} <span className={css["planSize"]}><T>{t("desk.units_stations", { units: ids.length, stations })}</T></span>
      </h3>
      <dl className={css["figures"]}>
        <Figure name={t("desk.first")} value={time(outcome.first_due_s)} delta={delta(outcome.first_due_s, beside.first_due_s)} />
        <Figure name={t("desk.complete")} value={time(outcome.complete_s)} delta={delta(outcome.complete_s, beside.complete_s)} />
        <Figure name={t("desk.mean")} value={time(outcome.mean_s)} delta={delta(outcome.mean_s, beside.mean_s)} />
        <Figure name={t("desk.unmet")} value={outcome.unmet === 0 ? t("desk.all_met") : `▲ ${outcome.unmet}`} bad={outcome.unmet > 0} delta={null} />
      </dl>
      <p className={css["difference"]}>{children}</p>
    </article>
  );
}

const delta = (mine: number | null, other: number | null): number | null => (mine === null || other === null || mine === other ? null : mine - other);

function Figure({ name, value, delta: by, bad = false }: { name: string; value: string; delta: number | null; bad?: boolean }) {
  return (
    <div className={css["figure"]}>
      <dt>{name}</dt>
      <dd className={bad ? css["bad"] : ""}>
        {value}
        {by !== null && <small className={by < 0 ? css["good"] : css["bad"]}> {by < 0 ? "" : "+"}{durationText(by)}</small>}
      </dd>
    </div>
  );
}
