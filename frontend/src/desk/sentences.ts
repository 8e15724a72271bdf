// Codes with parameters into sentences of the current language: reasons and log lines.
import type { IncidentEntry, OneMore, RoadLimited, TotalShort, Why } from "../contracts";
import { STAND_IN } from "../needs";
import { get, type Picture } from "../picture";
import { durationText, numberText } from "../times";
import { hasWord, joined, nameOf, t, word, type Params } from "../words";

/** A line's name; lines that were made twice carry `.2` behind their key. */
export function lineText(line: string): string {
  if (line === "" || line === "total") return t("desk.line.total");
  if (line.endsWith(STAND_IN)) return t("desk.line.stand_in", { line: lineText(line.slice(0, -STAND_IN.length)) });
  return word("line", line.replace(/\.\d+$/, ""));
}

type Value = string | number | null;
const SECONDS = /_s$/;

function wording(picture: Picture, name: string, value: Value): string | number | null {
  if (typeof value === "number") return SECONDS.test(name) ? durationText(value) : value;
  if (value === null) return null;
  switch (name) {
    case "incident":
      return get(picture, "incident", value)?.number ?? value;
    case "line":
    case "lines":
    case "would_lack":
      return joined([...new Set(value.split(",").map(lineText))]);
    case "than":
    case "unit":
      return nameOf(get(picture, "unit", value), value);
    case "station":
      return nameOf(get(picture, "station", value), value);
    case "capability":
      return word("line", value);
    case "why":
      return hasWord("why.reason", value) ? word("why.reason", value) : value;
    case "organisation":
      return nameOf(get(picture, "organisation", value), value);
    case "attribute":
      return word("attribute", value);
    case "parameter":
      return word("parameter", value);
    case "reason":
      return hasWord("why.reason", value) ? word("why.reason", value) : value;
    default:
      return value;
  }
}

function params(picture: Picture, given: Readonly<Record<string, Value>>): Params {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, wording(picture, name, value)]));
}

/** Variants of a code that say more where the evidence is there. */
function variant(why: Why): string {
  if (why.code !== "needed_by") return why.code;
  if ("would_wait_s" in why.params) return "needed_by.wait";
  return "would_lack" in why.params ? "needed_by.lack" : why.code;
}

/** One reason in words. */
export const whyText = (picture: Picture, why: Why): string => tidy(word("why", variant(why), params(picture, why.params)));

/** Several reasons in one cell. */
export const whyLine = (picture: Picture, whys: readonly Why[]): string => whys.map((why) => whyText(picture, why)).join(" · ");

/** Units that the limits of roads keep away or make late, and the nearest of them. */
export function roadLimitedText(picture: Picture, each: RoadLimited): string {
  const signs = each.limits.map((sign) => whyText(picture, sign));
  return t(each.eta_s === null ? "desk.road_limited" : "desk.road_limited.late", {
    n: each.units,
    limits: signs.length > 0 ? joined(signs) : t("desk.road_limited.roads"),
    unit: nameOf(get(picture, "unit", each.unit_id), each.unit_id),
    time: durationText(each.would_s),
  });
}

/** What one more unit of a line would buy; about where it is not proved. */
export function oneMoreText(each: OneMore): string {
  const about = each.proved ? "" : t("desk.about");
  const gains = [
    each.fewer_missing > 0 && t("desk.one_more.missing", { n: each.fewer_missing }),
    each.earlier_s > 0 && t("desk.one_more.earlier", { time: about + durationText(each.earlier_s) }),
    each.others_s > 0 && t("desk.one_more.others", { time: about + durationText(each.others_s) }),
  ].filter((gain) => gain !== false);
  return t("desk.one_more", { line: lineText(each.line), gains: joined(gains) });
}

/** What a total lacks and which units would close it. */
export function totalShortText(picture: Picture, each: TotalShort): string {
  const lacks = t("desk.total_short", { attribute: word("attribute", each.attribute), n: numberText(each.lacking) });
  if (each.unit_id === null) return lacks;
  const unit = nameOf(get(picture, "unit", each.unit_id), each.unit_id);
  return `${lacks} · ${t("desk.total_short.closed", { n: each.units, unit, adds: numberText(each.adds) })}`;
}

const tidy = (sentence: string): string => sentence.replace(/\{\w+\}/g, "").replace(/[：:]\s*$/, "").trim();

/** One line of an incident's log in words. */
export function entryText(picture: Picture, entry: IncidentEntry): string {
  const given = { ...entry.params };
  const words: Record<string, string | number | null | undefined> = { ...params(picture, given) };
  const unit = given["unit_id"];
  if (typeof unit === "string") words["unit"] = nameOf(get(picture, "unit", unit), unit);
  const pile = given["stockpile_id"];
  if (typeof pile === "string") words["stockpile"] = nameOf(get(picture, "stockpile", pile), pile);
  words["to"] = stateWord(entry.code, given["to"] ?? null);
  if (typeof given["kind"] === "string") words["kind"] = word("kind", given["kind"]);
  if (typeof given["outcome"] === "string") words["outcome"] = word("desk.outcome", given["outcome"]);
  return tidy(word("entry", entry.code, words));
}

function stateWord(code: string, to: Value): string {
  if (typeof to !== "string") return "";
  const family = code === "unit" ? "assignment" : code === "supply" ? "supply" : "incident";
  return word(family, to);
}
