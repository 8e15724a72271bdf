// Reserves (预备力量): how many free units with a capability stay at a station, or in the whole city.
import { useMemo, type ReactNode } from "react";
import type { Station } from "../contracts";
import { all } from "../picture";
import { usePicture } from "../store";
import { shortStation, t, word } from "../words";
import css from "./Panel.module.css";
import { Field, Section } from "./pieces";
import { AT_LEAST_MOST, RESERVE_PRICE_MOST, type ReserveDraft } from "./policy";
import own from "./Policy.module.css";
import type { Editing } from "./PolicyPart";

const NEW: ReserveDraft = { station_id: null, capability: "", at_least: "1", price: "100000" };

/** Stations that have units, by name. */
export function useStationsWithUnits(): readonly Station[] {
  const stations = usePicture((p) => all(p, "station"));
  const units = usePicture((p) => all(p, "unit"));
  return useMemo(() => {
    const used = new Set([...units.values()].map((unit) => unit.station_id));
    return [...stations.values()].filter((station) => used.has(station.id)).sort((a, b) => a.id.localeCompare(b.id));
  }, [stations, units]);
}

function useCapabilities(): readonly string[] {
  const units = usePicture((p) => all(p, "unit"));
  return useMemo(() => [...new Set([...units.values()].flatMap((unit) => Object.keys(unit.capabilities)))].sort(), [units]);
}

export function Reserves({ draft: { reserves }, wrong, mayKeep, change }: Editing) {
  const stations = useStationsWithUnits();
  const capabilities = useCapabilities();
  const put = (i: number, part: Partial<ReserveDraft>) => change({ reserves: reserves.map((rule, at) => (at === i ? { ...rule, ...part } : rule)) });
  return (
    <>
      <Section name={t("planner.policy.reserves")} beside={t("planner.policy.reserves.note")} />
      {reserves.length === 0 && <p className={own["note"]}>{t("planner.policy.reserves.none")}</p>}
      {reserves.map((rule, i) => (
        <div key={i} className={own["rule"]} role="group" aria-label={t("planner.reserve.n", { n: i + 1 })}>
          <Select label={t("planner.reserve.where")} value={rule.station_id ?? ""} disabled={!mayKeep} onChange={(id) => put(i, { station_id: id === "" ? null : id })}>
            <option value="">{t("planner.reserve.city")}</option>
            {optionsWith(rule.station_id, stations.map((station) => [station.id, shortStation(station)] as const))}
          </Select>
          <Select label={t("planner.reserve.what")} value={rule.capability} disabled={!mayKeep} wrong={wrong.has(`reserves.${i}.capability`)} onChange={(capability) => put(i, { capability })}>
            <option value="">{t("planner.choose")}</option>
            {optionsWith(rule.capability, capabilities.map((code) => [code, word("line", code)] as const))}
          </Select>
          <Field label={t("planner.reserve.at_least")} value={rule.at_least} disabled={!mayKeep} wrong={wrong.has(`reserves.${i}.at_least`)} onChange={(at_least) => put(i, { at_least })} />
          <Field label={t("planner.reserve.price")} value={rule.price} disabled={!mayKeep} wrong={wrong.has(`reserves.${i}.price`)} onChange={(price) => put(i, { price })} />
          {mayKeep && <button type="button" className={own["icon"]} aria-label={t("planner.reserve.remove", { n: i + 1 })} onClick={() => change({ reserves: reserves.filter((_, at) => at !== i) })}>✕</button>}
        </div>
      ))}
      {mayKeep && <div className={css["buttons"]}><button type="button" className={css["small"]} onClick={() => change({ reserves: [...reserves, NEW] })}>＋ {t("planner.reserve.add", { least: 1, most: AT_LEAST_MOST, price: RESERVE_PRICE_MOST })}</button></div>}
    </>
  );
}

/** Options, with the value that stands there even where the register no longer has it. */
function optionsWith(value: string | null | undefined, known: readonly (readonly [string, string])[]) {
  const lost = value && !known.some(([id]) => id === value) ? [[value, word("line", value)] as const] : [];
  return [...lost, ...known].map(([id, text]) => <option key={id} value={id}>{text}</option>);
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly wrong?: boolean;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

function Select({ label, value, disabled, wrong = false, onChange, children }: SelectProps) {
  return (
    <label className={css["field"]}>
      {label}
      <select className={css["input"]} value={value} disabled={disabled} aria-invalid={wrong} onChange={(event) => onChange(event.target.value)}>{children}</select>
    </label>
  );
}
