// Special stations (特勤力量): on the hazards and kinds named they go like any other, on ordinary calls as if much later.
import { T } from "../parts/T";
import { shortStation, t, word } from "../words";
import { vocabularyWords } from "../words/vocabulary";
import css from "./Panel.module.css";
import { Field, Section } from "./pieces";
import { SPARE_MOST, type SpecialDraft } from "./policy";
import own from "./Policy.module.css";
import { useStationsWithUnits } from "./PolicyReserves";
import type { Editing } from "./PolicyPart";

const NEW: SpecialDraft = { station_ids: [], kinds: [], hazards: [], spare_s: "600" };

/** Every code of a closed word list, in its order. */
const codes = (family: string): readonly string[] =>
  Object.keys(vocabularyWords.zh).filter((key) => key.startsWith(`${family}.`)).map((key) => key.slice(family.length + 1));

export function Specials({ draft: { specials }, wrong, mayKeep, change }: Editing) {
  const stations = useStationsWithUnits();
  const names = new Map(stations.map((station) => [station.id, shortStation(station)]));
  const put = (i: number, part: Partial<SpecialDraft>) => change({ specials: specials.map((rule, at) => (at === i ? { ...rule, ...part } : rule)) });
  return (
    <>
      <Section name={t("planner.policy.specials")} beside={t("planner.policy.specials.note")} />
      {specials.length === 0 && <p className={own["note"]}>{t("planner.policy.specials.none")}</p>}
      {specials.map((rule, i) => (
        <div key={i} className={own["special"]} role="group" aria-label={t("planner.special.n", { n: i + 1 })}>
          <div className={css["stack"]}>
            <Picks label={t("planner.special.stations")} chosen={rule.station_ids} all={[...names.keys()]} say={(id) => names.get(id) ?? id} mayKeep={mayKeep} wrong={wrong.has(`specials.${i}.station_ids`)} onChange={(station_ids) => put(i, { station_ids })} />
            <Picks label={t("planner.special.hazards")} chosen={rule.hazards} all={codes("hazard")} say={(code) => word("hazard", code)} mayKeep={mayKeep} onChange={(hazards) => put(i, { hazards: hazards as SpecialDraft["hazards"] })} />
            <Picks label={t("planner.special.kinds")} chosen={rule.kinds} all={codes("kind")} say={(code) => word("kind", code)} mayKeep={mayKeep} onChange={(kinds) => put(i, { kinds: kinds as SpecialDraft["kinds"] })} />
            <div className={own["two"]}><Field label={t("planner.special.spare", { most: SPARE_MOST })} value={rule.spare_s} disabled={!mayKeep} wrong={wrong.has(`specials.${i}.spare_s`)} onChange={(spare_s) => put(i, { spare_s })} /></div>
          </div>
          {mayKeep && <button type="button" className={own["icon"]} aria-label={t("planner.special.remove", { n: i + 1 })} onClick={() => change({ specials: specials.filter((_, at) => at !== i) })}>✕</button>}
        </div>
      ))}
      {mayKeep && <div className={css["buttons"]}><button type="button" className={css["small"]} onClick={() => change({ specials: [...specials, NEW] })}>＋ {t("planner.special.add")}</button></div>}
    </>
  );
}

interface PicksProps {
  readonly label: string;
  readonly chosen: readonly string[];
  readonly all: readonly string[];
  readonly say: (code: string) => string;
  readonly mayKeep: boolean;
  readonly wrong?: boolean;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Several of a list: the chosen ones as chips, the others behind a list to choose from. */
function Picks({ label, chosen, all, say, mayKeep, wrong = false, onChange }: PicksProps) {
  const rest = all.filter((code) => !chosen.includes(code));
  return (
    <div className={own["picks"]} role="group" aria-label={label}>
      <span className={css["quiet"]}>{label}</span>
      {chosen.map((code) => (
        <span key={code} className={`${css["chip"]} ${mayKeep ? "" : css["fixed"]}`}>
          <T>{say(code)}</T>
          {mayKeep && <button type="button" aria-label={t("planner.pick.remove", { name: say(code) })} onClick={() => onChange(chosen.filter((each) => each !== code))}>✕</button>}
        </span>
      ))}
      {chosen.length === 0 && !mayKeep && <span>{t("none")}</span>}
      {mayKeep && rest.length > 0 && (
        <select className={css["input"]} aria-label={t("planner.pick.add", { what: label })} aria-invalid={wrong} value="" onChange={(event) => onChange([...chosen, event.target.value])}>
          <option value="">{t("planner.choose")}</option>
          {rest.map((code) => <option key={code} value={code}>{say(code)}</option>)}
        </select>
      )}
    </div>
  );
}
