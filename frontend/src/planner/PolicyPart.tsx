// The dispatch policy (调派策略): what a commander lets the optimizer trade, its versions, and what an edit would change.
import type { ReactNode } from "react";
import { Refusal } from "../api";
import { T } from "../parts/T";
import { joined, t } from "../words";
import { passes } from "./follow";
import css from "./Panel.module.css";
import { Field, Refused, Section, Top } from "./pieces";
import { AREA_PRICE_MOST, changesOf, draftOf, FIRST_AID_MOST, type Change, type PolicyDraft } from "./policy";
import own from "./Policy.module.css";
import { Reserves } from "./PolicyReserves";
import { Specials } from "./PolicySpecials";
import { Styles } from "./PolicyStyles";
import type { PolicyDesk } from "./usePolicy";

/** What every editor of a part gets. */
export interface Editing {
  readonly draft: PolicyDraft;
  readonly wrong: ReadonlySet<string>;
  readonly mayKeep: boolean;
  readonly change: (part: Partial<PolicyDraft>) => void;
}

export function PolicyPart({ policy, mayKeep }: { policy: PolicyDesk; mayKeep: boolean }) {
  const { current, refusal } = policy;
  const draft = mayKeep ? policy.draft : current && draftOf(current);
  return (
    <div className={own["policy"]}>
      <Top name={t("planner.part.policy")} line={current ? t("planner.policy.line", { version: current.version, reason: current.reason || t("planner.policy.first") }) : t("app.loading")}>
        {!mayKeep && <p className={css["quiet"]}>{t("planner.policy.not_yours")}</p>}
      </Top>
      <div className={own["rules"]}>
        {refusal && !draft && <Refused refusal={refusal} passing={passes(refusal)} />}
        {draft && <Rules editing={{ draft, mayKeep, wrong: new Set(policy.wrong), change: policy.change }} />}
      </div>
      <aside className={own["side"]} aria-label={t("planner.policy.changes")}>
        {mayKeep ? <Sending policy={policy} /> : <p className={own["note"]}>{t("planner.policy.follows")}</p>}
      </aside>
    </div>
  );
}

function Rules({ editing }: { editing: Editing }) {
  const { draft, change, mayKeep, wrong } = editing;
  return (
    <>
      <Styles {...editing} />
      <Section name={t("planner.policy.prices")} />
      <div className={own["two"]}>
        <Field label={t("planner.area_price", { most: AREA_PRICE_MOST })} value={draft.area_price_s} wrong={wrong.has("area_price_s")} disabled={!mayKeep} onChange={(area_price_s) => change({ area_price_s })} />
        <Field label={t("planner.first_aid", { most: FIRST_AID_MOST })} value={draft.first_aid_limit} wrong={wrong.has("first_aid_limit")} disabled={!mayKeep} onChange={(first_aid_limit) => change({ first_aid_limit })} />
      </div>
      <Reserves {...editing} />
      <Specials {...editing} />
    </>
  );
}

/** What would change, why, and sending it; what somebody else changed meanwhile stands above. */
function Sending({ policy }: { policy: PolicyDesk }) {
  const { draft, current, changed, behind, wrong, reason, sending, outcome } = policy;
  const numbers = wrong.filter((path) => path !== "reason");
  const untouched = changed.length === 0;
  return (
    <>
      <Outcome outcome={outcome} untouched={untouched} />
      {behind && current && (
        <Note>
          <T>{`▲ ${t("planner.policy.behind", { version: current.version, reason: current.reason })}`}</T>
          <button type="button" className={css["button"]} onClick={policy.merge}>{t("planner.policy.merge")}</button>
        </Note>
      )}
      <Clashes policy={policy} />
      <h3>{t("planner.policy.changes")}</h3>
      {untouched && <p className={own["note"]}>{t("planner.policy.none")}</p>}
      {draft && policy.base && !untouched && <ul className={own["changes"]}>{changesOf(policy.base, draft).map((change) => <li key={[change.part, change.style, change.field].join()}><Changed change={change} /></li>)}</ul>}
      <label className={css["field"]}>
        {t("planner.policy.reason")}
        <textarea className={css["text"]} value={reason} maxLength={200} aria-invalid={!untouched && wrong.includes("reason")} onChange={(event) => policy.giveReason(event.target.value)} />
      </label>
      {numbers.length > 0 && <p role="status" className={css["amber"]}>△ {t("planner.policy.wrong", { n: numbers.length })}</p>}
      <div className={css["buttons"]}>
        <button type="button" className={css["main"]} disabled={untouched || wrong.length > 0 || behind || sending} onClick={policy.send}>{t(sending ? "planner.policy.sending" : "planner.policy.send")}</button>
        <button type="button" className={css["button"]} disabled={untouched && reason === ""} onClick={policy.drop}>{t("planner.policy.drop")}</button>
      </div>
      <p className={own["note"]}>{t("planner.policy.follows")}</p>
    </>
  );
}

const Note = ({ children }: { children: ReactNode }) => <div role="alert" className={`${css["refused"]} ${css["stack"]}`}>{children}</div>;

function Outcome({ outcome, untouched }: { outcome: PolicyDesk["outcome"]; untouched: boolean }) {
  if (outcome instanceof Refusal) return <Refused refusal={outcome} />;
  return outcome !== null && untouched ? <p role="status" className={css["done"]}><T>{`✓ ${t("planner.policy.done", { version: outcome })}`}</T></p> : null;
}

/** Parts that both changed: mine stands until theirs is taken. */
function Clashes({ policy }: { policy: PolicyDesk }) {
  if (policy.clashes.length === 0) return null;
  return (
    <div className={`${css["against"]} ${css["stack"]}`} role="status">
      <span>△ {t("planner.policy.clash")}</span>
      {policy.clashes.map((part) => (
        <div key={part} className={css["buttons"]}>
          <strong>{t(`planner.policy.part.${part}`)}</strong>
          <button type="button" className={css["small"]} onClick={() => policy.takeTheirs(part)}>{t("planner.policy.theirs")}</button>
        </div>
      ))}
    </div>
  );
}

function Changed({ change: { part, style, field, from, to } }: { change: Change }) {
  const rules = part === "reserves" || part === "specials";
  const name = style === "" ? t(`planner.policy.part.${part}`) : `${t(`planner.style.${style as "fastest"}`)} · ${t(`planner.field.${field || "tolerance_s"}`)}`;
  const text = (value: string) => (part === "styles" && field === "" ? joined(value.split(",").filter((each) => each !== "").map((each) => t(`planner.style.${each as "fastest"}`))) : rules ? t("planner.n_rules", { rules: value }) : value);
  if (rules && from === to) return <><strong>{name}</strong> {t("planner.policy.inside")}</>;
  return <><strong>{name}</strong> <span className={own["from"]}>{text(from)}</span> → <strong>{text(to)}</strong></>;
}
