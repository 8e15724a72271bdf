// What can be done about a unit from its drawer: pin, forbid, swap, or add it by hand; and who else fits its line.
import type { Unit } from "../contracts";
import { isLent } from "../lent";
import { T } from "../parts/T";
import { all, get } from "../picture";
import { usePicture } from "../store";
import { durationText } from "../times";
import { nameOf, shortStation, t } from "../words";
import type { Acts } from "./acts";
import { aidOf, promisedUnits } from "./aid";
import { choiceKey, swapOf, type Choice } from "./choices";
import css from "./Drawer.module.css";
import { add } from "./edit";
import type { Advice } from "./plan";
import { lineText } from "./sentences";
import { canSend, pinnable, type Selection } from "./selection";
import { useDesk } from "./state";

interface Props {
  readonly unitId: string;
  readonly acts: Acts;
  readonly selection: Selection;
}

export function DrawerActs({ unitId, acts, selection }: Props) {
  const { advice, incident, choices } = selection;
  const units = usePicture((p) => all(p, "unit"));
  const mustAsk = useMustAsk(unitId, selection);
  if (!advice || !canSend(incident) || !units.get(unitId)?.in_service) return null;
  if (mustAsk) {
    return (
      <div className={css["acts"]}>
        <ActButton cap="A" name={t("desk.aid.ask")} hint={t("desk.aid.must_ask")} pressed={false} act={() => acts.aiding.begin(unitId)} />
      </div>
    );
  }
  const name = (id: string) => nameOf(units.get(id), id);
  const swap = swapOf(advice, unitId);
  const made = new Set(choices.map(choiceKey));
  const is = (choice: Choice) => made.has(choiceKey(choice));
  return (
    <div className={css["acts"]}>
      <ActButton cap="I" name={t("desk.choice.pin")} hint={t("desk.choice.must_go")} pressed={is({ kind: "pin", unit_id: unitId })} act={() => void acts.choosing.decide("pin", unitId)} />
      <ActButton cap="X" name={t("desk.choice.forbid")} hint={t("desk.choice.must_stay")} pressed={is({ kind: "forbid", unit_id: unitId })} act={() => void acts.choosing.decide("forbid", unitId)} />
      {swap?.kind === "swap" && (
        <ActButton
          cap="S"
          name={t("desk.choice.swap")}
          hint={swap.out === unitId ? t("desk.choice.swap_in", { unit: name(swap.unit_id) }) : t("desk.choice.swap_for", { out: name(swap.out) })}
          pressed={is(swap)}
          act={() => void acts.choosing.decide("swap", unitId)}
        />
      )}
      <AddByHand unit={units.get(unitId)} selection={selection} />
    </div>
  );
}

/** Whether a unit is of others and not promised to the incident: then it is asked for, not chosen. */
function useMustAsk(unitId: string, { incident }: Selection): boolean {
  const unit = usePicture((p) => get(p, "unit", unitId));
  const organisation = usePicture((p) => get(p, "organisation", unit?.organisation_id ?? ""));
  const policy = usePicture((p) => get(p, "policy", "dispatch"));
  const requests = usePicture((p) => all(p, "aid_request"));
  if (!unit || !incident || !isLent(unit, organisation, policy)) return false;
  return !promisedUnits(aidOf(requests.values(), incident.id)).has(unitId);
}

function ActButton({ cap, name, hint, pressed, act }: { cap: string; name: string; hint: string; pressed: boolean; act: () => void }) {
  return (
    <button type="button" aria-pressed={pressed} className={`${css["act"]} ${pressed ? css["pressed"] : ""}`} onClick={act}>
      <span className={css["actName"]}><kbd className={css["cap"]}>{cap}</kbd> {name}</span>
      <span className={css["hint"]}><T>{hint}</T></span>
    </button>
  );
}

/** Sends a unit beside the plan, without asking the solver; the order then needs a reason. */
function AddByHand({ unit, selection }: { unit: Unit | undefined; selection: Selection }) {
  const { change } = useDesk();
  const { advice } = selection;
  if (!unit || advice?.picks.some((pick) => pick.unit_id === unit.id)) return null;
  const eta_s = advice?.not_used.find((other) => other.unit_id === unit.id)?.eta_s ?? null;
  const send = () =>
    change((state) => ({ edit: add(state.edit, { unit_id: unit.id, line: "manual", eta_s }, advice), pinned: pinnable(selection), drawer: null }));
  return (
    <button type="button" className={css["act"]} onClick={send}>
      <span className={css["actName"]}>{t("desk.drawer_add")}</span>
      <span className={css["hint"]}>{t("desk.edit_hint")}</span>
    </button>
  );
}

/** Who goes on a line and who could go instead, by arrival, beside the one that goes last. */
export function Candidates({ line, unitId, advice }: { line: string; unitId: string; advice: Advice }) {
  const { change } = useDesk();
  const units = usePicture((p) => all(p, "unit"));
  const stations = usePicture((p) => all(p, "station"));
  const going = advice.picks.filter((pick) => pick.line === line);
  const last_s = Math.max(...going.map((pick) => pick.eta_s));
  const rows = [...going.map((pick) => ({ ...pick, goes: true })), ...advice.not_used.filter((other) => other.line === line).map((other) => ({ ...other, goes: false }))]
    .sort((a, b) => a.eta_s - b.eta_s || a.unit_id.localeCompare(b.unit_id));
  if (going.length === 0 || rows.length < 2) return null;
  return (
    <section aria-label={t("desk.candidates", { line: lineText(line) })}>
      <h3 className={css["candidatesHead"]}>{t("desk.candidates", { line: lineText(line) })}</h3>
      <ul>
        {rows.map(({ unit_id, eta_s, goes }) => (
          <li key={unit_id}>
            <button type="button" tabIndex={-1} className={`${css["candidate"]} ${unit_id === unitId ? css["asked"] : ""}`} onClick={() => change({ drawer: unit_id })}>
              <span>{goes ? "✓" : ""}</span>
              <strong><T>{nameOf(units.get(unit_id), unit_id)}</T></strong>
              <span className={css["station"]}>{shortStation(stations.get(units.get(unit_id)?.station_id ?? ""))}</span>
              <span className={css["eta"]}>{durationText(eta_s)}</span>
              <span className={css["later"]}>{goes ? "" : <T>{`${eta_s < last_s ? "" : "+"}${durationText(eta_s - last_s)}`}</T>}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
