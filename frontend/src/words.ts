// Every word on the screens, by key and language. A key that one language lacks does not compile.
import type { actWords } from "./words/acts";
import type { aidWords } from "./words/aid";
import { capabilityWords } from "./words/capability";
import { coreWords } from "./words/core";
import type { coverWords } from "./words/cover";
import type { crewWords } from "./words/crew";
import type { deskWords } from "./words/desk";
import type { loginWords } from "./words/login";
import type { logWords } from "./words/log";
import type { planWords } from "./words/plan";
import type { plannerWords } from "./words/planner";
import type { policyWords } from "./words/policy";
import type { reachWords } from "./words/reach";
import { refusalWords } from "./words/refusal";
import type { sitingWords } from "./words/siting";
import { vocabularyWords } from "./words/vocabulary";
import type { wallWords } from "./words/wall";
import type { whyWords } from "./words/why";

export type Language = "zh" | "en";
export type Params = Readonly<Record<string, string | number | null | undefined>>;

/** Words that every screen needs. They come with the door. */
export const ROOMS = {
  core: coreWords,
  vocabulary: vocabularyWords,
  capability: capabilityWords,
  refusal: refusalWords,
};

/** Words that a screen brings along: it calls `learn` where it is loaded, so that no screen carries another's words. */
interface Brought {
  readonly why: typeof whyWords;
  readonly log: typeof logWords;
  readonly wall: typeof wallWords;
  readonly desk: typeof deskWords;
  readonly acts: typeof actWords;
  readonly aid: typeof aidWords;
  readonly login: typeof loginWords;
  readonly crew: typeof crewWords;
  readonly plan: typeof planWords;
  readonly planner: typeof plannerWords;
  readonly siting: typeof sitingWords;
  readonly reach: typeof reachWords;
  readonly policy: typeof policyWords;
  readonly cover: typeof coverWords;
}

type Rooms = typeof ROOMS & Brought;
export type Key = { [R in keyof Rooms]: keyof Rooms[R]["zh"] }[keyof Rooms];

/** One room's words in both languages. */
export interface Room {
  readonly zh: Readonly<Record<string, string>>;
  readonly en: Readonly<Record<string, string>>;
}

const DICTIONARY: Readonly<Record<Language, Record<string, string>>> = { zh: {}, en: {} };

/** Takes rooms into the dictionary. */
export function learn(...rooms: readonly Room[]): void {
  for (const room of rooms) {
    Object.assign(DICTIONARY.zh, room.zh);
    Object.assign(DICTIONARY.en, room.en);
  }
}
learn(...Object.values(ROOMS));

let current: Language = "zh";

export const language = (): Language => current;
export const setLanguage = (next: Language): void => {
  current = next;
};

/** The sentence of a key in the current language, `{name}` filled from `params`. */
export function t(key: Key, params: Params = {}, speak: Language = current): string {
  return said(DICTIONARY[speak][key] ?? key, params, speak);
}

/** The word for a code that comes from outside, e.g. `word("kind", "fire.tank")`; the code itself where none is known. */
export function word(family: string, code: string, params: Params = {}, speak: Language = current): string {
  const found = DICTIONARY[speak][`${family}.${code}`];
  return found === undefined ? code : said(found, params, speak);
}

/** Whether a word is known for a code. */
export const hasWord = (family: string, code: string): boolean => DICTIONARY.zh[`${family}.${code}`] !== undefined;

/** English words that are another for one. */
const ONE: Readonly<Record<string, string>> = {
  units: "unit", stations: "station", incidents: "incident", supplies: "supply", lines: "line", trucks: "truck", reports: "report", people: "person", zones: "zone", points: "point", rules: "rule",
};

function said(sentence: string, params: Params, speak: Language): string {
  const filled = sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole));
  return speak === "zh" ? filled : filled.replace(/(?<![\d.:/-] ?)\b1 (\w+)/g, (found, many: string) => (ONE[many] ? `1 ${ONE[many]}` : found));
}

/** A refusal as the API tells it; `extra` holds the facts that its sentence needs. */
export interface Told {
  readonly code: string;
  readonly detail: string;
  readonly extra: Readonly<Record<string, unknown>>;
}

/**
 * What a refusal means and what to do, by its code; the server's own sentence where the code has no words here.
 * `said` words facts as the screen knows them, e.g. a unit's name for its id.
 */
export function refusalText(refusal: Told, said: Params = {}): string {
  if (!hasWord("refusal", refusal.code)) return refusal.detail || t("refusal.unknown", { code: refusal.code });
  const { unit_id, unit_ids, by, by_name, line } = refusal.extra as Record<string, string | readonly string[] | undefined>;
  const units = Array.isArray(unit_ids) ? unit_ids : [];
  const facts = { unit: text(unit_id), units: joined(units), n: units.length, by: whoText(text(by), text(by_name)), line: text(line) };
  const plain = Object.entries(refusal.extra).filter((fact): fact is [string, string | number] => ["string", "number"].includes(typeof fact[1]));
  return word("refusal", refusal.code, { ...Object.fromEntries(plain), ...facts, detail: refusal.detail, ...said });
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Names one after the other, as the language joins them. */
export const joined = (names: readonly string[]): string => names.join(current === "zh" ? "、" : ", ");

/** Who acted: the role behind a button of the demonstration, else the account's title, else its name. */
export function whoText(subject: string, title = ""): string {
  const role = /^account:demo-([a-z_]+)/.exec(subject)?.[1] ?? (subject.startsWith("service:") ? "service" : "");
  if (hasWord("role", role)) return word("role", role);
  return title || subject.replace(/^account:/, "");
}

/** The name of a registered thing in the current language. */
export function nameOf(thing: { readonly name: string; readonly name_en?: string } | undefined, otherwise = "—"): string {
  if (!thing) return otherwise;
  return current === "en" && thing.name_en ? thing.name_en : thing.name;
}

/** A station's name as a column has room for it: `解放路站`, `Jiefanglu`. */
export function shortStation(station: { readonly name: string; readonly name_en?: string } | undefined): string {
  return nameOf(station).replace(/消防救援站$/, "站").replace(/驻地$/, "").replace(/ fire station$/, "").replace(/^base of /, "");
}
