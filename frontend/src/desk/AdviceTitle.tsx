// How far the advice may be trusted: how long it took, what is proved, what it rests on, what is unmet and why.
import { T } from "../parts/T";
import { all, get } from "../picture";
import { useLive, usePicture } from "../store";
import { durationText, shortClockText } from "../times";
import { hasWord, joined, nameOf, t, word } from "../words";
import type { Acts } from "./acts";
import css from "./Advice.module.css";
import { trustOf } from "./advice";
import type { Advice } from "./plan";
import { lineText, oneMoreText, roadLimitedText, totalShortText, whyText } from "./sentences";
import { canSend, type Selection } from "./selection";
import { FLICKER_S, useSolving } from "./solving";
import { useDesk } from "./state";

export function AdviceTitle({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { incident, advice, newer } = selection;
  const { change } = useDesk();
  const solving_s = useSolving();
  if (!incident) return null;
  const needed = incident.requirements.filter((line) => line.kind === "count").reduce((n, line) => n + line.quantity, 0);
  return (
    <h2 className={css["title"]}>
      {solving_s > FLICKER_S && <span className={css["working"]} aria-hidden="true" />}
      <span className={css["name"]}>{t("desk.advice")}</span>
      <span className={css["of"]}><T>{`${t(`kind.${incident.kind}`)} · ${t("desk.need_n", { n: needed })}`}</T></span>
      <span className={css["trust"]}>
        {newer && canSend(incident) && (
          <button type="button" className={css["newer"]} onClick={() => change({ pinned: null })}>{t("desk.newer")}</button>
        )}
        {solving_s > FLICKER_S ? <span className={css["solving"]}><T>{t("desk.solving", { s: solving_s.toFixed(1) })}</T></span> : advice && <Trust advice={advice} />}
        {canSend(incident) && !advice && solving_s === 0 && (
          <button type="button" className={css["newer"]} onClick={() => void acts.recommend(incident.id)}>{t("desk.advice_none")}</button>
        )}
      </span>
    </h2>
  );
}

function Trust({ advice }: { advice: Advice }) {
  const closed = usePicture((p) => [...all(p, "closure").values()].filter((closure) => !closure.lifted).length);
  const trust = trustOf(advice);
  const base = [
    trust === "proved" && t("desk.gap_zero"),
    `${t("desk.roads")} ${shortClockText(advice.at)}`,
    closed > 0 && t("desk.closed", { n: closed }),
    advice.joint_with.length > 0 && t("desk.joint", { n: advice.joint_with.length }),
  ].filter((part) => part !== false);
  const word_of = {
    proved: t("desk.proved"),
    gap: t("desk.gap", { gap: advice.gap ?? "?" }),
    flow: t("desk.by_flow"),
    greedy: t("desk.by_greedy"),
    unproved: t("desk.not_proved"),
  }[trust];
  return (
    <span className={trust === "proved" ? css["proved"] : css["unproved"]}>
      <T>{`${t("desk.took", { s: (advice.took_ms / 1000).toFixed(2) })} · ${word_of}`}</T>
      <span className={css["base"]}>
        <T>{` ${base.join(" · ")}`}</T>
      </span>
    </span>
  );
}

/** Everything about the advice that must be said before it is confirmed. */
export function Warnings({ advice }: { advice: Advice }) {
  const live = useLive();
  const area = usePicture((p) => (advice.area ? get(p, "station", advice.area.station_id) : undefined));
  const own = (line: string) => line.slice(line.indexOf(":") + 1);
  const unmet = new Set(advice.unmet.map((each) => each.line));
  const worth = new Map(advice.one_more.map((each) => [each.line, oneMoreText(each)]));
  const others = [...worth].filter(([line]) => !unmet.has(line)).map(([, text]) => text);
  const limited = new Map(advice.road_limited.map((each) => [each.line, roadLimitedText(live.picture, each)]));
  return (
    <ul className={css["warnings"]}>
      {advice.unmet.map(({ line, missing, competing }) => (
        <li key={line} className={css["bad"]}>
          <strong><T>{t("desk.unmet_line", { line: lineText(line), n: missing })}</T></strong>
          {competing.length > 1 && <T>{` · ${t("desk.unmet_competing", { lines: joined(competing.map((each) => lineText(own(each)))) })}`}</T>}
          {limited.has(line) && <T>{` · ${limited.get(line) ?? ""}`}</T>}
          {worth.has(line) && <span className={css["quiet"]}><T>{` · ${worth.get(line) ?? ""}`}</T></span>}
        </li>
      ))}
      {advice.totals_short.map((each) => (
        <li key={each.line} className={css["bad"]}><T>{totalShortText(live.picture, each)}</T></li>
      ))}
      {[...limited].filter(([line]) => !unmet.has(line)).map(([line, text]) => (
        <li key={line} className={css["amber"]}><T>{`${lineText(line)} · ${text}`}</T></li>
      ))}
      {advice.area && (
        <li className={css["amber"]}>
          <T>{t("desk.departs", { station: nameOf(area, advice.area.station_id), why: whyText(live.picture, advice.area.why), saves: durationText(advice.area.saves_s) })}</T>
        </li>
      )}
      {advice.degraded.map((code) => (
        <li key={code} className={css["amber"]}>{t("desk.degraded_advice", { what: hasWord("desk.degraded", code) ? word("desk.degraded", code) : code })}</li>
      ))}
      {others.length > 0 && <li className={css["quiet"]}><T>{others.join(" · ")}</T></li>}
      {advice.first_aid.length > 0 && (
        <li className={css["quiet"]}>
          <T>{t("desk.first_aid", { n: advice.first_aid.length, time: durationText(Math.min(...advice.first_aid.map((pick) => pick.eta_s))) })}</T>
        </li>
      )}
    </ul>
  );
}
