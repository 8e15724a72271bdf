// The styles of plans in their order, the first of which is the recommendation: tolerances and prices of each.
import type { PlanStyle } from "../contracts";
import { t } from "../words";
import css from "./Panel.module.css";
import { Field, Section } from "./pieces";
import { STYLE_FIELDS, STYLE_MOST, type StyleDraft, type StyleField } from "./policy";
import own from "./Policy.module.css";
import type { Editing } from "./PolicyPart";

const STYLES: readonly PlanStyle[] = ["fastest", "covered", "calm"];
const NEW: Readonly<Record<StyleField, string>> = { tolerance_s: "0", first_tolerance_s: "0", cover_price: "10", unit_price: "1", station_price: "0" };

export function Styles({ draft, wrong, mayKeep, change }: Editing) {
  const { styles } = draft;
  const put = (next: readonly StyleDraft[]) => change({ styles: next });
  const swap = (i: number) => put(styles.map((style, at) => (at === i - 1 ? (styles[i] ?? style) : at === i ? (styles[i - 1] ?? style) : style)));
  const absent = STYLES.filter((name) => !styles.some((style) => style.name === name));
  return (
    <>
      <Section name={t("planner.policy.styles")} beside={t("planner.policy.styles.note")} />
      <table className={`${css["table"]} ${own["styles"]}`}>
        <thead>
          <tr>
            <th>{t("planner.style")}</th>
            {STYLE_FIELDS.map((field) => <th key={field}>{t(`planner.field.${field}`)}</th>)}
            {mayKeep && <th>{t("planner.order")}</th>}
          </tr>
        </thead>
        <tbody>
          {styles.map((style, i) => (
            <tr key={style.name}>
              <td>
                <span className={`${own["order"]} ${i === 0 ? own["first"] : ""}`}>{i + 1}</span> <strong>{t(`planner.style.${style.name}`)}</strong>
                {i === 0 && <> <span className={css["good"]}>{t("planner.recommended")}</span></>}
              </td>
              {STYLE_FIELDS.map((field) => (
                <td key={field}>
                  <Field
                    hidden label={`${t(`planner.style.${style.name}`)} ${t(`planner.field.${field}`)} 0–${STYLE_MOST[field]}`} value={style[field]} wrong={wrong.has(`styles.${i}.${field}`)} disabled={!mayKeep}
                    onChange={(text) => put(styles.map((each) => (each.name === style.name ? { ...each, [field]: text } : each)))}
                  />
                </td>
              ))}
              {mayKeep && (
                <td className={css["number"]}>
                  <button type="button" className={own["icon"]} disabled={i === 0} aria-label={t("planner.style.up", { style: t(`planner.style.${style.name}`) })} onClick={() => swap(i)}>↑</button>{" "}
                  <button type="button" className={own["icon"]} disabled={styles.length === 1} aria-label={t("planner.style.remove", { style: t(`planner.style.${style.name}`) })} onClick={() => put(styles.filter((each) => each.name !== style.name))}>✕</button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {mayKeep && absent.length > 0 && (
        <div className={css["buttons"]}>
          {absent.map((name) => <button key={name} type="button" className={css["small"]} onClick={() => put([...styles, { ...NEW, name }])}>＋ {t(`planner.style.${name}`)}</button>)}
        </div>
      )}
    </>
  );
}
