// The table of the advice: whom to send and why, whom not and why not, and below it who is already on the way.
import { useEffect, useMemo, useRef } from "react";
import type { Assignment, NotUsed } from "../contracts";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentByUnit, get, isActive, moveUpByUnit, unitStatus } from "../picture";
import { useLive, useNow, usePicture } from "../store";
import { durationText, ms } from "../times";
import { nameOf, shortStation, t, whoText, word } from "../words";
import type { Acts } from "./acts";
import css from "./Advice.module.css";
import { adviceRows, barScale, whyNotRow } from "./advice";
import { aidOf, promisedUnits } from "./aid";
import { silentUnits } from "./clocks";
import type { Advice } from "./plan";
import { RowActs } from "./RowActs";
import { lineText, whyLine } from "./sentences";
import { canSend, type Selection } from "./selection";
import { useDesk } from "./state";
import { toggle } from "./edit";

const ROW_KEYS = "units";

export function AdviceTable({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { incident, advice, assignments } = selection;
  const shown = incident && canSend(incident) ? advice : undefined;
  const { state } = useDesk();
  const rows = shown?.picks.length ?? 0;
  return (
    <>
      <div className={css["scroll"]} data-group={ROW_KEYS} data-focus="" tabIndex={0} role="group" aria-label={t("desk.key.units")}>
        {shown && (rows > 0 || state.edit.added.length > 0) && <Advised advice={shown} acts={acts} />}
        {assignments.length > 0 && <Sent assignments={assignments} />}
      </div>
      {shown && <WhyNot advice={shown} />}
    </>
  );
}

/** Picks and hand-added units, in the order of the keys. */
export function rowIds(selection: Selection, added: readonly { readonly unit_id: string }[]): readonly string[] {
  const picks = selection.incident && canSend(selection.incident) ? (selection.advice?.picks ?? []) : [];
  const byEta = [...picks].sort((a, b) => a.eta_s - b.eta_s || a.unit_id.localeCompare(b.unit_id));
  const active = selection.assignments.filter(isActive);
  return [...byEta.map((p) => p.unit_id), ...added.map((a) => a.unit_id), ...active.map((a) => a.unit_id)];
}

function Advised({ advice, acts }: { advice: Advice; acts: Acts }) {
  const { state } = useDesk();
  const live = useLive();
  const units = usePicture((p) => all(p, "unit"));
  const stations = usePicture((p) => all(p, "station"));
  const aid = usePicture((p) => all(p, "aid_request"));
  const promised = useMemo(() => promisedUnits(aidOf(aid.values(), advice.incident_id)), [aid, advice.incident_id]);
  const rows = useMemo(() => adviceRows(advice, units, stations), [advice, units, stations]);
  const scale_s = barScale([...rows.map((row) => row.pick.eta_s), ...state.edit.added.map((each) => each.eta_s ?? 0)]);
  return (
    <table className={css["table"]}>
      <thead>
        <tr>
          <th className={css["glyphCol"]}><span className="sr">{t("desk.col.class")}</span></th>
          <th className={css["unitCol"]}>{t("desk.col.unit")}</th>
          <th className={css["stationCol"]}>{t("desk.col.station")}</th>
          <th className={css["roleCol"]}>{t("desk.col.role")}</th>
          <th className={css["etaCol"]}>{t("desk.col.eta")}</th>
          <th className={css["barCol"]}><Scale scale_s={scale_s} /></th>
          <th>{t("desk.col.why")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ pick, estimated }) => (
          <Row key={pick.unit_id} unitId={pick.unit_id} promised={promised.has(pick.unit_id)} line={lineText(pick.line)} eta_s={pick.eta_s} scale_s={scale_s} estimated={estimated} why={pick.why.length > 0 || !advice.alternative ? whyLine(live.picture, pick.why.filter(({ code }) => code !== "promised")) : t("desk.plan.takes")} acts={acts} />
        ))}
        {state.edit.added.map((each) => (
          <Row key={each.unit_id} unitId={each.unit_id} promised={promised.has(each.unit_id)} line={lineText(each.line)} eta_s={each.eta_s} scale_s={scale_s} estimated={false} why={t("desk.added")} acts={null} />
        ))}
      </tbody>
    </table>
  );
}

function Scale({ scale_s }: { scale_s: number }) {
  return (
    <span className={css["scale"]}>
      {scale_s <= 1800 && <span>0</span>}
      <span style={{ insetInlineStart: `${(300 / scale_s) * 100}%` }}>5</span>
      <span style={{ insetInlineStart: "100%" }}>{scale_s / 60}</span>
    </span>
  );
}

interface RowProps {
  readonly unitId: string;
  /** Of others, and promised to this incident. */
  readonly promised: boolean;
  readonly line: string;
  readonly eta_s: number | null;
  readonly scale_s: number;
  readonly estimated: boolean;
  readonly why: string;
  /** What may be chosen about the unit; null for one that was added by hand. */
  readonly acts: Acts | null;
}

function Row({ unitId, promised, line, eta_s, scale_s, estimated, why, acts }: RowProps) {
  const { state, change } = useDesk();
  const unit = usePicture((p) => get(p, "unit", unitId));
  const moved = usePicture((p) => moveUpByUnit(all(p, "move_up_order")).get(unitId));
  const stands = moved && moved.status !== "returning" ? moved.to_station_id : unit?.station_id;
  const station = usePicture((p) => get(p, "station", stands ?? ""));
  const from = stands === unit?.station_id ? shortStation(station) : t("desk.move.to", { station: shortStation(station) });
  const dropped = state.edit.dropped.has(unitId);
  const here = useInView(state.row === unitId);
  const taken = state.taken?.unit_id === unitId ? state.taken.text : null;
  const looks = [css["row"], state.row === unitId && css["at"], dropped && css["dropped"], taken && css["taken"]].filter(Boolean).join(" ");
  return (
    <tr ref={here} className={looks} onClick={() => change({ row: unitId, ...(state.edit.open ? { edit: toggle(state.edit, unitId) } : {}) })} onDoubleClick={() => change({ drawer: unitId })}>
      <td>{unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status="available" />}</td>
      <td className={css["unitName"]}><T>{nameOf(unit, unitId)}</T></td>
      <td className={css["cut"]} title={nameOf(station)}>{from}</td>
      <td className={css["cut"]}>{line}</td>
      <td className={css["eta"]}>{estimated && <span className={css["amber"]}>{t("desk.about")}</span>}{eta_s === null ? "—" : durationText(eta_s)}</td>
      <td>{eta_s !== null && <EtaBar eta_s={eta_s} scale_s={scale_s} estimated={estimated} />}</td>
      <td className={css["why"]} title={taken ?? why}>
        {acts && state.row === unitId && !state.edit.open ? <RowActs acts={acts} unitId={unitId} /> : <>{promised && <Promised />}<T>{taken ?? why}</T></>}
      </td>
    </tr>
  );
}

const Promised = () => <span className={css["promised"]}>{t("desk.aid.tag")}</span>;

/** Keeps the row under the cursor in view. */
function useInView(at: boolean) {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (at) row.current?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return row;
}

function EtaBar({ eta_s, scale_s, estimated }: { eta_s: number; scale_s: number; estimated: boolean }) {
  return (
    <span className={css["etaBar"]} aria-hidden="true">
      <span className={`${css["etaFill"]} ${estimated ? css["hatched"] : ""}`} style={{ inlineSize: `${Math.min(100, (eta_s / scale_s) * 100)}%` }} />
      <span className={css["tick"]} style={{ insetInlineStart: `${(300 / scale_s) * 100}%` }} />
    </span>
  );
}

/** The question that a dispatcher would ask first, answered without being asked. */
function WhyNot({ advice }: { advice: Advice }) {
  const found = whyNotRow(advice);
  return found ? <WhyNotRow found={found} /> : null;
}

function WhyNotRow({ found }: { found: NotUsed }) {
  const { change } = useDesk();
  const live = useLive();
  const unit = usePicture((p) => get(p, "unit", found.unit_id));
  const station = usePicture((p) => get(p, "station", unit?.station_id ?? ""));
  return (
    <button type="button" tabIndex={-1} className={css["whyNot"]} onClick={() => change({ drawer: found.unit_id })}>
      {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unit.in_service ? "available" : "out_of_service"} />}
      <span className={css["whyNotWords"]}>
        <strong><T>{t("desk.why_not", { unit: nameOf(unit, found.unit_id) })}</T></strong>
        <span className={css["quiet"]}><T>{` ${nameOf(station)} · ${lineText(found.line)} · ${durationText(found.eta_s)}`}</T></span>
        <span className={css["whyNotWhy"]}><T>{whyLine(live.picture, found.why)}</T></span>
      </span>
      <span className={css["details"]}>{t("desk.details")} <kbd className={css["cap"]}>W</kbd></span>
    </button>
  );
}

function Sent({ assignments }: { assignments: readonly Assignment[] }) {
  const now = useNow(1000) ?? 0;
  const silent = new Set(silentUnits(assignments, now).map((a) => a.id));
  const sorted = [...assignments].sort((a, b) => rank(a) - rank(b) || ms(a.eta_at ?? a.dispatched_at) - ms(b.eta_at ?? b.dispatched_at));
  return (
    <section aria-label={t("desk.sent_units", { n: assignments.length })}>
      <h3 className={css["sentHead"]}><T>{t("desk.sent_units", { n: assignments.length })}</T></h3>
      <ul>
        {sorted.map((assignment) => (
          <SentRow key={assignment.id} assignment={assignment} silent={silent.has(assignment.id)} now={now} />
        ))}
      </ul>
    </section>
  );
}

const rank = (a: Assignment): number => ["dispatched", "acknowledged", "enroute"].indexOf(a.status) + 1 || 9;

function SentRow({ assignment, silent, now }: { assignment: Assignment; silent: boolean; now: number }) {
  const { state, change } = useDesk();
  const unit = usePicture((p) => get(p, "unit", assignment.unit_id));
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const control = usePicture((p) => get(p, "control", assignment.unit_id));
  const incidents = usePicture((p) => all(p, "incident"));
  const left_s = assignment.eta_at && !assignment.arrived_at ? (ms(assignment.eta_at) - now) / 1000 : null;
  const elsewhere = [...incidents.values()].find((i) => i.id !== assignment.incident_id && ["reported", "dispatched", "on_scene"].includes(i.status));
  const live = isActive(assignment);
  return (
    <li className={`${css["sentRow"]} ${state.row === assignment.unit_id ? css["at"] : ""} ${silent ? css["silent"] : ""}`} onClick={() => change({ row: assignment.unit_id })}>
      {unit && <UnitGlyph unitClass={unit.unit_class} family={unit.family} status={unitStatus(unit, byUnit.get(unit.id))} />}
      <strong className={css["unitName"]}><T>{nameOf(unit, assignment.unit_id)}</T></strong>
      <span className={css["cut"]}>{lineText(assignment.line)}</span>
      <span className={silent ? css["bad"] : css["quiet"]}>
        <T>{silent ? `▲ ${t("desk.clock.receipt")} ${durationText((now - ms(assignment.dispatched_at)) / 1000)}` : word("assignment", assignment.status)}</T>
      </span>
      <span className={css["eta"]}>{left_s === null ? "" : <T>{`${assignment.method === "estimate" ? t("desk.about") : ""}${durationText(left_s)}`}</T>}</span>
      <span className={css["cut"]}>{assignment.flags.includes("promised") && <Promised />}<T>{control?.holder ? t("desk.controlled_by", { who: whoText(assignment.acknowledged_by || control.holder, assignment.acknowledged_by ? "" : control.holder_name) }) : whoText(assignment.acknowledged_by)}</T></span>
      <span className={css["rowActs"]}>
        {live && <button type="button" tabIndex={-1} className={css["mini"]} onClick={() => change({ ask: { kind: "release", assignment } })}>{t("desk.release")}</button>}
        {live && elsewhere && <button type="button" tabIndex={-1} className={css["mini"]} onClick={() => change({ ask: { kind: "divert", assignment, into: elsewhere.id } })}>{t("desk.divert")}</button>}
      </span>
    </li>
  );
}
