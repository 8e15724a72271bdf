// The centre while nothing is selected: how much of every kind of force could leave now, and what a report still lacks.
import { useMemo } from "react";
import type { Assignment, Unit, UnitClass } from "../contracts";
import { T } from "../parts/T";
import { UnitGlyph } from "../parts/UnitGlyph";
import { all, assignmentByUnit, unitStatus } from "../picture";
import { usePicture } from "../store";
import { useForces } from "../useLent";
import { t } from "../words";
import css from "./Advice.module.css";
import { lacking } from "./draft";
import { useDesk } from "./state";

interface ClassCount {
  readonly unit: Unit;
  ready: number;
  out: number;
  off: number;
}

/** Units by class: ready, out, out of service. */
export function readiness(units: Iterable<Unit>, byUnit: ReadonlyMap<string, Assignment>): ReadonlyMap<UnitClass, ClassCount> {
  const counts = new Map<UnitClass, ClassCount>();
  for (const unit of units) {
    const count = counts.get(unit.unit_class) ?? { unit, ready: 0, out: 0, off: 0 };
    const status = unitStatus(unit, byUnit.get(unit.id));
    if (status === "available" || status === "returning") count.ready += 1;
    else if (status === "out_of_service") count.off += 1;
    else count.out += 1;
    counts.set(unit.unit_class, count);
  }
  return counts;
}

export function Readiness() {
  const { state } = useDesk();
  const { ours, askable } = useForces();
  const byUnit = usePicture((p) => assignmentByUnit(all(p, "assignment")));
  const counts = useMemo(() => [...readiness(ours, byUnit)], [ours, byUnit]);
  const missing = lacking(state.draft);
  return (
    <section className={css["advice"]} aria-label={t("desk.readiness")}>
      <h2 className={css["title"]}>
        <span className={css["name"]}>{t("desk.readiness")}</span>
        {askable > 0 && <span className={css["of"]}><T>{t("desk.aid.also", { n: askable })}</T></span>}
        <span className={css["trust"]}>
          {missing.map((part) => (
            <span key={part} className={css["lacking"]}>
              {t("desk.lacking", { what: t(`desk.${part}`) })} <kbd className={css["cap"]}>{part === "place" ? "L" : "J"}</kbd>
            </span>
          ))}
        </span>
      </h2>
      <div className={css["scroll"]}>
        <table className={css["table"]}>
          <thead>
            <tr>
              <th className={css["glyphCol"]}><span className="sr">{t("desk.col.class")}</span></th>
              <th>{t("desk.col.class")}</th>
              <th className={css["num"]}>{t("desk.col.ready")}</th>
              <th className={css["num"]}>{t("desk.col.out")}</th>
              <th className={css["num"]}>{t("desk.col.off")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {counts.map(([unitClass, count]) => <ClassRow key={unitClass} unitClass={unitClass} count={count} />)}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ClassRow({ unitClass, count }: { unitClass: UnitClass; count: ClassCount }) {
  const all_n = count.ready + count.out + count.off;
  return (
    <tr className={css["classRow"]}>
      <td><UnitGlyph unitClass={unitClass} family={count.unit.family} status="available" /></td>
      <td>{t(`class.${unitClass}`)}</td>
      <td className={css["num"]}><strong><T>{count.ready}</T></strong></td>
      <td className={css["num"]}><T>{count.out}</T></td>
      <td className={css["num"]}><T>{count.off}</T></td>
      <td>
        <span className={css["classBar"]} aria-hidden="true">
          <span className={css["readyPart"]} style={{ inlineSize: `${(count.ready / all_n) * 100}%` }} />
          <span className={css["outPart"]} style={{ inlineSize: `${(count.out / all_n) * 100}%` }} />
        </span>
      </td>
    </tr>
  );
}
