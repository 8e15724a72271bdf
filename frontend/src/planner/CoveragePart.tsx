// Coverage (城市覆盖): the shares now and with every engine at home, the zones in classes, where it is weakest.
import { useMemo, useState } from "react";
import type { Coverage, StationCover, WeakZone } from "../contracts";
import { useBasemap } from "../map/basemap";
import { T } from "../parts/T";
import { all } from "../picture";
import { usePicture } from "../store";
import { CLASSES } from "../theme";
import { numberText } from "../times";
import { shortStation, t } from "../words";
import { Swatch } from "./Legend";
import css from "./Panel.module.css";
import { Against, Choice, Figure, Refused, Section, stepThrough, Top } from "./pieces";
import { PlanMap } from "./PlanMap";
import { passes } from "./follow";
import { agesText, dueText, limitText, madeText, percent, placeName, points, riskText } from "./text";
import type { City } from "./useCity";
import { boxAround, counts, coverAreas, middleOf, type Shown } from "./zones";

export function CoveragePart({ city }: { city: City }) {
  const { coverage } = city;
  const [shown, show] = useState<Shown>("now");
  const [zoneId, choose] = useState<string | null>(null);
  return (
    <div className={css["part"]}>
      <Top name={t("planner.part.coverage")} line={coverage ? `${madeText(coverage)} · ${agesText(city.ages_s)}` : t("planner.coverage.line")}>
        {coverage?.within.map((within) => (
          <Figure
            key={within.limit_s} value={percent(within.share)} tone={within.share < within.at_home - 0.005 ? "bad" : ""}
            under={`${limitText(within.limit_s)} · ${t("planner.coverage.home", { share: percent(within.at_home), less: points(within.share - within.at_home) })}`}
          />
        ))}
        <Against codes={city.degraded} />
      </Top>
      <div className={css["panel"]}>
        {city.refusal && <Refused refusal={city.refusal} passing={passes(city.refusal)} />}
        {!coverage && !city.refusal && <p role="status" className={css["wait"]}>{t("planner.coverage.none")}</p>}
        {coverage && <Lists coverage={coverage} city={city} zoneId={zoneId} onChoose={choose} />}
      </div>
      <ZoneMap city={city} shown={shown} onShow={show} zoneId={zoneId} />
    </div>
  );
}

interface ListsProps {
  readonly coverage: Coverage;
  readonly city: City;
  readonly zoneId: string | null;
  readonly onChoose: (zoneId: string | null) => void;
}

function Lists({ coverage, city, zoneId, onChoose }: ListsProps) {
  const { map } = useBasemap();
  const stations = usePicture((p) => all(p, "station"));
  const zones = useMemo(() => new Map((city.zones?.zones ?? []).map((zone) => [zone.id, zone])), [city.zones]);
  const nameOf = ({ zone_id }: WeakZone) => {
    const zone = zones.get(zone_id);
    return zone ? placeName(middleOf(zone), map) : zone_id;
  };
  return (
    <>
      <Section name={t("planner.weak")} beside={t("planner.weak.of", { n: coverage.weak.length, of: coverage.weak_count })} />
      {coverage.weak.length === 0 && <p className={css["good"]}>✓ {t("planner.weak.none")}</p>}
      {coverage.weak.length > 0 && (
        <table className={css["table"]} onKeyDown={stepThrough}>
          <thead><tr><th>{t("planner.zone")}</th><th className={css["number"]}>{t("planner.risk")}</th><th className={css["number"]}>{t("planner.due")}</th><th>{t("planner.nearest")}</th></tr></thead>
          <tbody>
            {coverage.weak.map((zone) => (
              <tr key={zone.zone_id} className={`${css["row"]} ${zone.zone_id === zoneId ? css["here"] : ""}`}>
                <td><button type="button" className={css["open"]} aria-pressed={zone.zone_id === zoneId} onClick={() => onChoose(zone.zone_id === zoneId ? null : zone.zone_id)}><T>{nameOf(zone)}</T></button></td>
                <td className={css["number"]}>{riskText(zone.risk)}</td>
                <td className={`${css["number"]} ${zone.lost ? css["bad"] : ""}`}>{dueText(zone.due_s)}</td>
                <td>{zone.station_id !== null && <T>{shortStation(stations.get(zone.station_id))}</T>}{zone.lost && <span className={css["bad"]}> ▲ {t("planner.lost")}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Stations covers={coverage.stations} />
    </>
  );
}

/** Stations without a free first engine; the others are counted. */
function Stations({ covers }: { covers: readonly StationCover[] }) {
  const stations = usePicture((p) => all(p, "station"));
  const empty = covers.filter((each) => each.free === 0);
  const [free, engines] = [covers.reduce((sum, each) => sum + each.free, 0), covers.reduce((sum, each) => sum + each.engines, 0)];
  return (
    <>
      <Section name={t("planner.stations")} beside={t("planner.stations.of", { free, engines, stations: covers.length })} />
      {empty.length === 0 && <p className={css["good"]}>✓ {t("planner.stations.all")}</p>}
      {empty.length > 0 && (
        <ul className={css["chips"]}>
          {empty.map((each) => <li key={each.station_id} className={`${css["chip"]} ${css["fixed"]} ${css["bad"]}`}>▲ <T>{`${shortStation(stations.get(each.station_id))} 0/${each.engines}`}</T></li>)}
        </ul>
      )}
    </>
  );
}

interface MapProps {
  readonly city: City;
  readonly shown: Shown;
  readonly onShow: (shown: Shown) => void;
  readonly zoneId: string | null;
}

function ZoneMap({ city: { coverage, zones, whole }, shown, onShow, zoneId }: MapProps) {
  const drawn = useMemo(() => (coverage && zones ? { zones: coverAreas(zones.zones, coverage, shown, zoneId) } : {}), [coverage, zones, shown, zoneId]);
  const found = zoneId === null || !zones ? undefined : boxAround(zones.zones, [zoneId]);
  const box = found && { west: found.west - 0.09, south: found.south - 0.06, east: found.east + 0.09, north: found.north + 0.06 };
  const steps = coverage ? counts(shown === "home" ? coverage.states_at_home : coverage.states) : [];
  return (
    <PlanMap
      label={t("planner.coverage.map", { n: zones?.zones.length ?? 0 })} drawn={drawn} focus={zoneId !== null && box ? { key: zoneId, box } : whole}
      legend={
        <>
          <Choice label={t("planner.shown")} value={shown} onChange={onShow} options={[["now", t("planner.shown.now")], ["home", t("planner.shown.home")], ["lost", t("planner.shown.lost")]]} />
          {CLASSES.map((fill, step) => <Swatch key={fill} fill={fill} text={`${t(`planner.class.${step as 0 | 1 | 2 | 3 | 4}`)} ${shown === "lost" ? "" : numberText(steps[step] ?? 0)}`} />)}
        </>
      }
    />
  );
}
