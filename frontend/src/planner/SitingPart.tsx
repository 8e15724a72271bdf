// Siting (增设站点): the question on the left with its answer below it, candidates and newly covered zones on the map.
import { useMemo } from "react";
import type { Siting, SitePlace } from "../contracts";
import { boxOf, circle, type LonLat } from "../geo";
import { dots } from "../map/areas";
import { useBasemap } from "../map/basemap";
import { At } from "../map/CityMap";
import { lines } from "../map/drawn";
import { t } from "../words";
import { Dot, Sign, Swatch } from "./Legend";
import css from "./Panel.module.css";
import { Figure, Progress, Refused, Section, Top, Against } from "./pieces";
import { PlanMap } from "./PlanMap";
import mapCss from "./PlanMap.module.css";
import { merged } from "./points";
import { nameOfCandidate } from "./question";
import { SitingQuestion } from "./SitingQuestion";
import { SitingAnswer } from "./SitingAnswer";
import { limitText, madeText, percent, placeName, points } from "./text";
import type { City } from "./useCity";
import type { SitingDesk } from "./useSiting";
import { boxAround, newAreas } from "./zones";

/** More discs than these would hide each other. */
const NUMBERED = 25;

interface Props {
  readonly city: City;
  readonly siting: SitingDesk;
  readonly mayAsk: boolean;
}

export function SitingPart({ city, siting, mayAsk }: Props) {
  const { siting: said } = siting.followed;
  const done = said?.state === "done" ? said : null;
  return (
    <div className={`${css["part"]} ${css["wide"]}`}>
      <Top name={t("planner.part.siting")} line={said ? madeText({ ...said, at: said.asked_at }) : t("planner.siting.line")}>
        {done?.before.map((before, i) => {
          const after = done.best?.within[i]?.share ?? before.share;
          const under = `${limitText(before.limit_s)} · ${t("planner.siting.today", { share: percent(before.share), more: points(after - before.share) })}`;
          return <Figure key={before.limit_s} value={percent(after)} tone={after > before.share ? "good" : ""} under={under} />;
        })}
        <Against codes={said?.degraded ?? []} />
      </Top>
      <div className={css["panel"]}>
        {mayAsk ? <SitingQuestion siting={siting} /> : <p className={css["against"]}>{t("planner.siting.not_yours")}</p>}
        <Standing siting={siting} />
        {done && <SitingAnswer siting={done} desk={siting} />}
      </div>
      <SiteMap city={city} desk={siting} done={done} />
    </div>
  );
}

/** How far the siting is, and what is in its way. */
function Standing({ siting: { followed, question, ask } }: { siting: SitingDesk }) {
  const { siting, trouble, over } = followed;
  if (!question) return null;
  return (
    <div className={css["stack"]} aria-live="polite">
      <Section name={t("planner.answer")} />
      {trouble && <Refused refusal={trouble} passing={!over} />}
      {!siting && !trouble && <p role="status" className={css["wait"]}>{t("planner.siting.asking")}</p>}
      {siting?.state === "growing" && <Progress text={growth(siting)} done={siting.grown} of={siting.candidates} />}
      {siting?.state === "failed" && <p role="alert" className={css["refused"]}>▲ {t(`planner.failed.${failure(siting.why)}`)}</p>}
      {(siting?.state === "failed" || (trouble && over)) && <div><button type="button" className={css["button"]} onClick={ask}>{t("planner.siting.again")}</button></div>}
    </div>
  );
}

const growth = ({ grown, candidates }: Siting): string =>
  candidates === 0 ? t("planner.siting.laying") : grown < candidates ? t("planner.siting.growing", { grown, of: candidates }) : t("planner.siting.solving");

const FAILURES = ["solver_away", "solver_failed", "ground_changed", "too_many_points", "no_points"] as const;
const failure = (why: string | null) => FAILURES.find((each) => each === why) ?? "other";

interface MapProps {
  readonly city: City;
  readonly desk: SitingDesk;
  readonly done: Siting | null;
}

function SiteMap({ city, desk, done }: MapProps) {
  const { draft, change } = desk;
  const site = done?.ranked.find((each) => each.id === desk.chosen);
  const pick = (at: LonLat) => {
    const placed: LonLat = [Math.round(at[0] * 1e6) / 1e6, Math.round(at[1] * 1e6) / 1e6];
    change(draft.by === "points" ? (was) => ({ points: merged(was.points, [{ at: placed, name: "" }]) }) : { around: placed });
  };
  const zones = city.zones?.zones;
  const drawn = useMemo(() => ({
    zones: zones && site ? newAreas(zones, site.newly_covered) : newAreas([], []),
    dots: dots([...(draft.by === "points" ? draft.points : []).map(({ at }) => ({ at, ...OWN })), ...(done?.ranked ?? []).map(({ at }) => ({ at, ...RANKED }))]),
    routes: lines(draft.by === "grid" && draft.around ? [{ points: circle(draft.around, 1000 * (Number(draft.radius_km) || 0)), colour: "#0b5cad" }] : []),
  }), [zones, site, draft, done]);
  const shown = site && zones ? boxAround(zones, site.newly_covered) : undefined;
  const box = site && boxOf([site.at, [site.at[0] - 0.03, site.at[1] - 0.02], [site.at[0] + 0.03, site.at[1] + 0.02], ...(shown ? [[shown.west, shown.south], [shown.east, shown.north]] as const : [])]);
  return (
    <PlanMap
      label={t("planner.siting.map", { n: draft.points.length, sites: done?.ranked.length ?? 0 })} drawn={drawn} focus={site ? { key: site.id, box } : city.whole} onPick={pick}
      legend={
        <>
          <Sign sign={<Dot />} text={t("planner.candidate")} />
          <Swatch fill="#2f7fd1" text={t("planner.newly")} />
          <span className={css["quiet"]}>{t(draft.by === "points" ? "planner.siting.click" : "planner.siting.click_around")}</span>
        </>
      }
    >
      {draft.by === "grid" && draft.around && <At at={draft.around}><span className={mapCss["target"]} /></At>}
      {done && <Discs done={done} desk={desk} site={site} />}
    </PlanMap>
  );
}

const OWN = { fill: "#ffffff", edge: "#0b3d91", radius: 5 };
const RANKED = { fill: "#0b5cad", edge: "#ffffff", radius: 4 };

/** The best candidates with their rank; the chosen one last, so that it lies on top. */
function Discs({ done, desk, site }: { done: Siting; desk: SitingDesk; site: SitePlace | undefined }) {
  const { map } = useBasemap();
  const best = new Set(done.best?.site_ids ?? []);
  const ranks = new Map(done.ranked.map((each, i) => [each.id, i + 1]));
  const first = done.ranked.filter((each, i) => (i < NUMBERED || best.has(each.id)) && each.id !== site?.id).reverse();
  return [...first, ...(site ? [site] : [])].map((each) => (
    <At key={each.id} at={each.at}>
      <button
        type="button" tabIndex={-1} className={`${mapCss["disc"]} ${best.has(each.id) ? mapCss["best"] : ""} ${each.id === site?.id ? mapCss["chosen"] : ""}`}
        aria-label={t("planner.rank_of", { n: ranks.get(each.id), name: nameOfCandidate(each.id, desk.question) || placeName(each.at, map) })}
        onClick={(event) => {
          event.stopPropagation();
          desk.choose(each.id);
        }}
      >
        {ranks.get(each.id)}
      </button>
    </At>
  ));
}
