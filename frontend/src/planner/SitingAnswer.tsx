// The answer of a siting: the best set with its bound, then every candidate by itself, best first.
import { useState } from "react";
import type { SitePlace, SiteSet, Siting } from "../contracts";
import { useBasemap } from "../map/basemap";
import { T } from "../parts/T";
import { joined, t } from "../words";
import css from "./Panel.module.css";
import { Section, stepThrough } from "./pieces";
import { nameOfCandidate, type Question } from "./question";
import { gain, percent, placeName, riskText } from "./text";
import type { SitingDesk } from "./useSiting";

const FIRST_ROWS = 40;
/** A bound this close says the same as the gain. */
const AS_GOOD_PCT = 0.005;

export function SitingAnswer({ siting, desk }: { siting: Siting; desk: SitingDesk }) {
  const [whole, showWhole] = useState(false);
  const rows = whole ? siting.ranked : siting.ranked.slice(0, FIRST_ROWS);
  const rest = siting.ranked.length - rows.length;
  return (
    <>
      {siting.best && <Best best={siting.best} siting={siting} desk={desk} />}
      <Section name={t("planner.ranked", { n: siting.ranked.length })} beside={t("planner.ranked.note")} />
      <Ranked rows={rows} siting={siting} desk={desk} />
      {rest > 0 && <button type="button" className={css["small"]} onClick={() => showWhole(true)}>{t("planner.more", { n: rest })}</button>}
      {siting.left_out.length > 0 && <p className={css["amber"]}><T>{`△ ${t("planner.left_out", { n: siting.left_out.length, names: namesOf(siting.left_out, desk.question) })}`}</T></p>}
    </>
  );
}

const namesOf = (ids: readonly string[], question: Question | null): string => joined(ids.slice(0, 6).map((id) => nameOfCandidate(id, question) || id));

function Best({ best, siting, desk }: { best: SiteSet; siting: Siting; desk: SitingDesk }) {
  const { map } = useBasemap();
  const ranks = new Map(siting.ranked.map((each, i) => [each.id, { rank: i + 1, each }]));
  if (best.site_ids.length === 0) return <p className={css["against"]}>△ {t("planner.best.none")}</p>;
  return (
    <div className={`${css["card"]} ${css["best"]}`}>
      <p className={css["sum"]}><T>{t("planner.best", { n: best.site_ids.length, gain: gain(best.gain_pct) })}</T></p>
      <div className={css["chips"]} onKeyDown={stepThrough}>
        {best.site_ids.map((id) => {
          const found = ranks.get(id);
          if (!found) return null;
          return (
            <button key={id} type="button" className={css["small"]} aria-pressed={desk.chosen === id} onClick={() => desk.choose(id)}>
              <span className={`${css["rank"]} ${css["inSet"]}`}>{found.rank}</span> <T>{nameOfCandidate(id, desk.question) || placeName(found.each.at, map)}</T>
            </button>
          );
        })}
      </div>
      <p className={best.proved ? css["good"] : css["amber"]}><T>{boundText(best)}</T></p>
    </div>
  );
}

function boundText(best: SiteSet): string {
  if (best.proved || best.bound_pct - best.gain_pct < AS_GOOD_PCT) return `✓ ${t("planner.best.proved")}`;
  return `△ ${t(best.guard_fired ? "planner.best.bound_early" : "planner.best.bound", { bound: gain(best.bound_pct) })}`;
}

function Ranked({ rows, siting, desk }: { rows: readonly SitePlace[]; siting: Siting; desk: SitingDesk }) {
  const best = new Set(siting.best?.site_ids ?? []);
  const band = siting.before.findIndex((each) => each.limit_s === (desk.question?.form.limit_s ?? 300));
  return (
    <table className={css["table"]} onKeyDown={stepThrough}>
      <thead>
        <tr>
          <th>{t("planner.place")}</th><th className={css["number"]}>{t("planner.gain")}</th><th className={css["number"]}>{t("planner.newly")}</th>
          <th className={css["number"]}>{t("planner.share_after")}</th><th className={css["number"]}>{t("planner.sooner")}</th><th className={css["number"]}>{t("planner.served")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((each, i) => <Site key={each.id} site={each} rank={i + 1} inSet={best.has(each.id)} band={Math.max(0, band)} desk={desk} />)}
      </tbody>
    </table>
  );
}

interface SiteProps {
  readonly site: SitePlace;
  readonly rank: number;
  readonly inSet: boolean;
  readonly band: number;
  readonly desk: SitingDesk;
}

function Site({ site, rank, inSet, band, desk }: SiteProps) {
  const { map } = useBasemap();
  const chosen = desk.chosen === site.id;
  const tooLarge = site.served_km2 > site.area_limit_km2;
  return (
    <>
      <tr className={`${css["row"]} ${chosen ? css["here"] : ""}`}>
        <td>
          <button type="button" className={css["open"]} aria-pressed={chosen} onClick={() => desk.choose(chosen ? null : site.id)}>
            <span className={`${css["rank"]} ${inSet ? css["inSet"] : ""}`}>{rank}</span> <T>{nameOfCandidate(site.id, desk.question) || placeName(site.at, map)}</T>
          </button>
        </td>
        <td className={css["number"]}><strong>{gain(site.gain_pct)}</strong></td>
        <td className={css["number"]}>{riskText(site.newly_pct * 1000)} · {t("planner.n_zones", { zones: site.newly_count })}</td>
        <td className={css["number"]}>{percent(site.within[band]?.share)}</td>
        <td className={css["number"]}>{t("duration.seconds", { s: site.sooner_s })}</td>
        <td className={`${css["number"]} ${tooLarge ? css["amber"] : ""}`}>{tooLarge && "▲ "}{site.served_km2.toFixed(1)} / {site.area_limit_km2} km²</td>
      </tr>
      {chosen && site.newly_count > site.newly_covered.length && (
        <tr><td colSpan={6} className={css["quiet"]}><T>{t("planner.newly.some", { n: site.newly_covered.length, of: site.newly_count })}</T></td></tr>
      )}
    </>
  );
}
