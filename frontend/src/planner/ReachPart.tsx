// Reach of special teams (专业力量可达): a package's force at every place of high risk in bands, and what is out of reach.
import { useMemo, useState, type ReactNode } from "react";
import type { Refusal } from "../api";
import type { ReachNow, SpecialReach } from "../contracts";
import { useBasemap } from "../map/basemap";
import { dots } from "../map/areas";
import { T } from "../parts/T";
import { CLASSES } from "../theme";
import { t } from "../words";
import { useAsked } from "./asked";
import { passes } from "./follow";
import { Swatch } from "./Legend";
import css from "./Panel.module.css";
import { Against, Choice, Figure, Progress, Refused, stepThrough, Top } from "./pieces";
import { PlanMap } from "./PlanMap";
import { missingOf, packagesOf, rowsOf, type Part, type Row } from "./reach";
import { Matrix } from "./ReachMatrix";
import { Missing } from "./ReachMissing";
import own from "./Reach.module.css";
import { agesText, madeText, placeName } from "./text";
import type { City } from "./useCity";
import { boxAround, classedAreas } from "./zones";

const PACE = { good_ms: 30_000, refused_ms: 2_000 };

export function ReachPart({ city }: { city: City }) {
  const asked = useAsked<ReachNow>("/api/dispatch/reach", PACE);
  const { value, refusal } = asked;
  const reach = value?.reach ?? null;
  const line = value ? `${madeText(value.reach)} · ${agesText(value.ages_s)}` : t("planner.reach.line");
  return (
    <div className={`${css["part"]} ${css["wide"]}`}>
      <Top name={t("planner.part.reach")} line={line}>
        {reach && <Figures reach={reach} />}
        <Against codes={value?.degraded ?? []} />
      </Top>
      {reach ? <Found reach={reach} city={city} refusal={refusal && <Waiting refusal={refusal} />} /> : (
        <>
          <div className={css["panel"]}>{refusal ? <Waiting refusal={refusal} /> : <p role="status" className={css["wait"]}>{t("app.loading")}</p>}</div>
          <PlanMap label={t("planner.part.reach")} drawn={NOTHING} focus={city.whole} legend={null} />
        </>
      )}
    </div>
  );
}

const NOTHING = {};

/** A refusal that says how far the trees are is progress; every other is said. */
function Waiting({ refusal }: { refusal: Refusal }) {
  const { grown, of } = refusal.extra;
  if (refusal.code !== "reach_preparing") return <Refused refusal={refusal} passing={passes(refusal)} />;
  const [done, all] = [Number(grown), Number(of)];
  return <Progress text={t("planner.reach.growing", { grown: done, of: all })} done={done} of={all} />;
}

function Figures({ reach }: { reach: SpecialReach }) {
  const pairs = reach.places.length * reach.needs.length;
  const out = reach.out_of_reach.length;
  return (
    <>
      <Figure value={`${reach.places.length}`} under={t(reach.chosen_by === "key_units" ? "planner.reach.by_keys" : "planner.reach.by_risk", { left: reach.left_out })} />
      <Figure value={`${reach.units}`} under={t("planner.reach.units")} />
      <Figure value={`${out}`} tone={out > 0 ? "bad" : "good"} under={t("planner.reach.out_of", { pairs })} />
    </>
  );
}

interface FoundProps {
  readonly reach: SpecialReach;
  readonly city: City;
  readonly refusal: ReactNode;
}

function Found({ reach, city, refusal }: FoundProps) {
  const packages = useMemo(() => packagesOf(reach), [reach]);
  const missing = useMemo(() => missingOf(reach), [reach]);
  const [hazard, chooseHazard] = useState(packages[0]?.hazard);
  const [part, choosePart] = useState<Part>("full");
  const [view, chooseView] = useState<"matrix" | "missing">("matrix");
  const [zoneId, chooseZone] = useState<string | null>(null);
  const { map } = useBasemap();
  const chosen = packages.find((each) => each.hazard === hazard) ?? packages[0];
  const rows = useMemo(() => rowsOf(reach, chosen?.lines ?? [], part), [reach, chosen, part]);
  const nameOf = useMemo(() => {
    const names = new Map(reach.places.map((place) => [place.zone_id, placeName(place.at, map)]));
    return (id: string) => names.get(id) ?? id;
  }, [reach, map]);
  const pick = (id: string) => chooseZone(id === zoneId ? null : id);
  if (!chosen) return <p className={css["panel"]}>{t("planner.reach.no_packages")}</p>;
  return (
    <>
      <div className={css["panel"]}>
        {refusal}
        <div className={css["buttons"]}>
          <Choice label={t("planner.view")} value={view} onChange={chooseView} options={[["matrix", t("planner.view.matrix")], ["missing", t("planner.view.missing", { n: missing.length })]]} />
          {view === "matrix" && <Choice label={t("planner.force")} value={part} onChange={choosePart} options={[["first", t("planner.force.first")], ["second", t("planner.force.second")], ["full", t("planner.force.full")]]} />}
        </div>
        {view === "missing" ? <Missing missing={missing} nameOf={nameOf} zoneId={zoneId} onChoose={pick} onPackage={(next) => chooseHazard(next)} /> : (
          <>
            <div className={own["packages"]} role="group" aria-label={t("planner.package")} onKeyDown={stepThrough}>
              {packages.map((each) => (
                <button key={each.hazard} type="button" className={own["package"]} aria-pressed={each === chosen} onClick={() => chooseHazard(each.hazard)}>
                  {t(`hazard.${each.hazard}`)}{each.out > 0 && <span className={own["out"]}><T>{`✕${each.out}`}</T></span>}
                </button>
              ))}
            </div>
            <Matrix lines={chosen.lines} rows={rows} part={part} bands_s={reach.bands_s} nameOf={nameOf} zoneId={zoneId} onChoose={pick} />
          </>
        )}
      </div>
      <Bands reach={reach} city={city} rows={rows} zoneId={zoneId} of={`${t(`hazard.${chosen.hazard}`)} · ${t(`planner.force.${part}`)}`} />
    </>
  );
}

interface BandsProps {
  readonly reach: SpecialReach;
  readonly city: City;
  readonly rows: readonly Row[];
  readonly zoneId: string | null;
  /** Of which package, which part. */
  readonly of: string;
}

/** Places in the colour of the band of the package's slowest line. */
function Bands({ reach, city, rows, zoneId, of }: BandsProps) {
  const zones = city.zones?.zones_version === reach.zones_version ? city.zones.zones : undefined;
  const drawn = useMemo(() => {
    const steps = new Map(rows.map(({ place, band }) => [place.zone_id, stepOf(band, reach.bands_s)]));
    const places = rows.map(({ place }) => ({ at: place.at, fill: CLASSES[steps.get(place.zone_id) ?? 4] ?? CLASSES[4], edge: "#10161c", radius: 6 }));
    return zones ? { zones: classedAreas(zones, steps, zoneId), dots: dots([]) } : { dots: dots(places) };
  }, [rows, zones, zoneId, reach.bands_s]);
  const found = zoneId === null || !zones ? undefined : boxAround(zones, [zoneId]);
  const box = found && { west: found.west - 0.09, south: found.south - 0.06, east: found.east + 0.09, north: found.north + 0.06 };
  const count = (band: number) => rows.filter((row) => row.band === band).length;
  return (
    <PlanMap
      label={t("planner.reach.map", { of })} drawn={drawn} focus={zoneId !== null && box ? { key: zoneId, box } : city.whole}
      legend={[<strong key="of"><T>{of}</T></strong>, ...reach.bands_s.map((band_s, i) => <Swatch key={band_s} fill={CLASSES[i] ?? CLASSES[4]} text={`${t("planner.within", { n: band_s / 60 })} ${count(i)}`} />),
        <Swatch key="out" fill={CLASSES[4]} text={`${t("planner.out")} ${count(reach.bands_s.length)}`} />]}
    />
  );
}

/** The class of a band: what is out of reach has the worst colour however many bands there are. */
const stepOf = (band: number, bands_s: readonly number[]): number => (band >= bands_s.length ? CLASSES.length - 1 : band);
