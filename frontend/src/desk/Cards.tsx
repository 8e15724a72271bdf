// The plans of a recommendation side by side, one of them chosen; the nearest-first list stands narrow beside them.
import { useMemo } from "react";
import type { Alternative, Assignment, Recommendation, Unit } from "../contracts";
import { lineStates } from "../needs";
import { T } from "../parts/T";
import { all, assignmentByUnit, unitStatus } from "../picture";
import { usePicture } from "../store";
import { numberText } from "../times";
import { joined, shortStation, t, word } from "../words";
import type { Acts } from "./acts";
import { missingLines, trustOf } from "./advice";
import css from "./Cards.module.css";
import { Curve, timeText } from "./Curve";
import { curveScale, type CurveScale } from "./curve";
import { alternativesOf, duePlans, KEY_OF, REFERENCE, sameAs, stationShares, unitsOf, type Going } from "./plan";
import type { Selection } from "./selection";
import { lineText } from "./sentences";

/** The stations that give most; the whole number stands above them. */
const STATIONS = 3;

export function Cards({ answer, acts, selection }: { answer: Recommendation; acts: Acts; selection: Selection }) {
  const plans = useMemo(() => alternativesOf(answer), [answer]);
  const scale = useMemo(() => curveScale(plans), [plans]);
  const due = duePlans(answer);
  return (
    <div className={css["cards"]} style={{ gridTemplateColumns: `repeat(${plans.length + due.length - 1}, minmax(0, 1fr)) 126px` }} role="group" aria-label={t("desk.plans")} aria-busy={due.length > 0}>
      {plans.map((plan, i) => {
        const content = <Content plan={plan} plans={plans} answer={answer} scale={scale} selection={selection} />;
        if (plan.name === REFERENCE) return [...due.map((name) => <Due key={name} name={name} />), <article key={plan.name} className={`${css["card"]} ${css["reference"]}`}>{content}</article>];
        const chosen = plan.name === selection.plan;
        return (
          <button key={plan.name} type="button" tabIndex={-1} aria-pressed={chosen} className={`${css["card"]} ${chosen ? css["chosen"] : ""}`} onClick={() => acts.choosing.plan(i)}>
            {content}
          </button>
        );
      })}
    </div>
  );
}

/** A plan that is still being made keeps its place. */
function Due({ name }: { name: string }) {
  return (
    <article className={`${css["card"]} ${css["reference"]}`}>
      <span className={css["head"]}>
        <kbd className={css["cap"]}>{KEY_OF[name]}</kbd>
        <strong className={css["name"]}>{word("desk.plan", name)}</strong>
        <span className={css["state"]}>{t("desk.plan.making")}</span>
      </span>
    </article>
  );
}

interface Props {
  readonly plan: Alternative;
  readonly plans: readonly Alternative[];
  readonly answer: Recommendation;
  readonly scale: CurveScale;
  readonly selection: Selection;
}

function Content({ plan, plans, answer, scale, selection }: Props) {
  const isReference = plan.name === REFERENCE;
  const same = isReference ? null : sameAs(plan, plans);
  const going = useMemo(() => unitsOf(answer, plan), [answer, plan]);
  const ids = isReference && answer.alternatives.length === 0 ? answer.greedy.unit_ids.length : going.length;
  const stations = useShares(going, plan);
  return (
    <>
      <span className={css["head"]}>
        {KEY_OF[plan.name] && <kbd className={css["cap"]}>{KEY_OF[plan.name]}</kbd>}
        <strong className={css["name"]}>{word("desk.plan", plan.name)}</strong>
        <span className={css["state"]}>
          {isReference ? t("desk.plan.reference") : plan.name === selection.plan ? t("desk.plan.chosen") : same && t("desk.plan.same", { key: KEY_OF[same] ?? same })}
        </span>
      </span>
      <Curve plan={plan} ghosts={plans.filter((other) => other !== plan)} scale={scale} dashed={trustOf(plan) === "greedy"} />
      <span className={css["times"]}>
        <span><small>{t("desk.first")}</small> <strong>{timeText(plan.outcome.first_due_s)}</strong></span>
        <span><small>{t("desk.complete")}</small> <strong>{timeText(plan.outcome.complete_s)}</strong></span>
      </span>
      <Unmet plan={plan} going={going} selection={selection} />
      <Cover plan={plan} narrow={isReference} />
      <span className={css["figure"]}>
        <span><T>{isReference ? t("desk.n_units", { n: ids }) : t("desk.plan.size", { units: ids, stations: stations.length })}</T></span>
        {!isReference && <ProofWord plan={plan} />}
      </span>
      {!isReference && <Stations stations={stations} />}
    </>
  );
}

function Unmet({ plan, going, selection }: { plan: Alternative; going: readonly Going[]; selection: Selection }) {
  const { incident, assignments } = selection;
  const units = usePicture((p) => all(p, "unit"));
  const lines = useMemo(() => (incident ? missingLines(lineStates(incident, assignments, units), going) : []), [incident, assignments, units, going]);
  const { unmet } = plan.outcome;
  const named = plan.name !== REFERENCE && lines.reduce((n, line) => n + line.missing, 0) === unmet;
  const text = named ? joined(lines.map((line) => `${lineText(line.key)} ${line.missing}`)) : String(unmet);
  return (
    <span className={css["figure"]}>
      <small>{t("desk.unmet")}</small>
      <span className={unmet > 0 ? css["bad"] : css["good"]} title={text}><T>{unmet > 0 ? `▲ ${text}` : t("desk.all_met")}</T></span>
    </span>
  );
}

/** Cover before and after; in a narrow card after alone. */
function Cover({ plan: { cover }, narrow }: { plan: Alternative; narrow: boolean }) {
  if (!cover) return <span className={css["figure"]}><small>{t("desk.plan.cover")}</small><span className={css["quiet"]}>{t("desk.plan.no_cover")}</span></span>;
  const by = cover.after_pct - cover.before_pct;
  return (
    <span className={css["figure"]}>
      <small>{t("desk.plan.cover")}</small>
      <span className={css["cover"]}>
        {!narrow && <span className={css["quiet"]}>{numberText(cover.before_pct, 1)}→</span>}
        <strong>{numberText(cover.after_pct, 1)}</strong>{" "}
        <span className={by < 0 ? css["bad"] : css["good"]}>{by < 0 ? "−" : "+"}{numberText(Math.abs(by), 1)}</span>
      </span>
    </span>
  );
}

/** How far one plan is proved, in a word. */
function ProofWord({ plan }: { plan: Alternative }) {
  const trust = trustOf(plan);
  const said = {
    proved: t("desk.plan.proved"),
    gap: t("desk.plan.gap", { gap: plan.gap === null ? "?" : numberText(plan.gap, 1) }),
    flow: t("desk.plan.flow"),
    greedy: t("desk.plan.unproved"),
    unproved: t("desk.plan.unproved"),
  }[trust];
  return <span className={trust === "proved" ? css["good"] : css["amber"]}><T>{said}</T></span>;
}

interface Share {
  readonly id: string;
  readonly name: string;
  readonly takes: number;
  readonly stays: number;
}

function useShares(going: readonly Going[], plan: Alternative): readonly Share[] {
  const units = usePicture((p) => all(p, "unit"));
  const stations = usePicture((p) => all(p, "station"));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  return useMemo(
    () =>
      stationShares(going, plan, (id) => units.get(id)?.station_id ?? id).map(({ station_id, takes, stays }) => ({
        id: station_id, name: shortStation(stations.get(station_id)), takes, stays: stays ?? freeAt(station_id, going, units, byUnit),
      })),
    [going, plan, units, stations, byUnit],
  );
}

/** Units that could still leave a station once a plan has left: for one that the solver did not speak of. */
function freeAt(stationId: string, going: readonly Going[], units: ReadonlyMap<string, Unit>, byUnit: ReadonlyMap<string, Assignment>): number {
  const leaving = new Set(going.map((unit) => unit.unit_id));
  return [...units.values()].filter((unit) => unit.station_id === stationId && !leaving.has(unit.id) && unitStatus(unit, byUnit.get(unit.id)) === "available").length;
}

function Stations({ stations }: { stations: readonly Share[] }) {
  return (
    <span className={css["stations"]}>
      {stations.slice(0, STATIONS).map(({ id, name, takes, stays }) => (
        <span key={id} className={css["figure"]}>
          <span className={css["station"]} title={name}>{name}</span>
          <span className={stays === 0 ? css["amber"] : ""}><T>{t("desk.plan.leaves", { takes, stays })}</T></span>
        </span>
      ))}
    </span>
  );
}
