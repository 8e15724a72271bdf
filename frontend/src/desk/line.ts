// The command line: verb, object, target; Chinese, English or a digit; its effect is known before Enter. Pure.
import type { AlarmLevel, Assignment, Closure, Incident, Unit } from "../contracts";
import { STEPS, type StepTo } from "./kinds";

export type Command =
  | { readonly type: "send"; readonly unit: Unit; readonly incident: Incident }
  | { readonly type: "level"; readonly level: AlarmLevel; readonly reason: string; readonly incident: Incident }
  | { readonly type: "close_roads"; readonly place: string; readonly radius_m: number }
  | { readonly type: "open_roads"; readonly closure: Closure }
  | { readonly type: "release"; readonly assignment: Assignment; readonly unit: Unit; readonly reason: string }
  | { readonly type: "divert"; readonly assignment: Assignment; readonly unit: Unit; readonly incident: Incident; readonly reason: string }
  | { readonly type: "note"; readonly text: string; readonly incident: Incident }
  | { readonly type: "step"; readonly to: StepTo; readonly incident: Incident }
  | { readonly type: "why" | "pin" | "forbid"; readonly unit: Unit };

export type Parsed =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly lacks: Lack };
/** What keeps a line from being a command: words of `line.lack.*`. */
export type Lack = "verb" | "unit" | "incident" | "level" | "place" | "closure" | "assignment" | "text" | "step" | "no_incident";

/** What the names in a line may mean. */
export interface Names {
  readonly units: Iterable<Unit>;
  readonly incidents: readonly Incident[];
  readonly closures: Iterable<Closure>;
  readonly assignmentOf: (unitId: string) => Assignment | undefined;
  readonly selected: Incident | undefined;
}

const VERBS: Readonly<Record<string, string>> = {
  派: "send", send: "send", pai: "send",
  升: "level", 降: "level", level: "level", sheng: "level",
  封: "close", close: "close", feng: "close",
  解: "open", open: "open", jie: "open",
  退: "release", release: "release", tui: "release",
  转: "divert", divert: "divert", zhuan: "divert",
  记: "note", note: "note", ji: "note",
  控制: "controlled", controlled: "controlled",
  完毕: "resolved", 处置完毕: "resolved", resolved: "resolved",
  归档: "closed", archive: "closed",
  查: "why", why: "why", cha: "why",
  定: "pin", pin: "pin", ding: "pin",
  禁: "forbid", forbid: "forbid", jin: "forbid",
};

const lack = (lacks: Lack): Parsed => ({ ok: false, lacks });
const be = (command: Command): Parsed => ({ ok: true, command });

/** What a line would do, or what it lacks. */
export function parse(line: string, names: Names): Parsed {
  const [head = "", ...rest] = line.trim().split(/\s+/);
  const verb = VERBS[head.toLowerCase()];
  switch (verb) {
    case undefined:
      return lack("verb");
    case "send":
      return send(rest, names);
    case "level":
      return level(rest, names);
    case "close":
      return closeRoads(rest);
    case "open":
      return openRoads(rest.join(" "), names);
    case "release":
      return release(rest, names);
    case "divert":
      return divert(rest, names);
    case "note":
      return note(rest.join(" "), names);
    case "why":
    case "pin":
    case "forbid":
      return about(verb, rest[0] ?? "", names);
    default:
      return step(verb as StepTo, names);
  }
}

/** A unit by its whole name, its id, or the only one whose name contains the text. */
function unitNamed(text: string, units: Iterable<Unit>): Unit | undefined {
  if (text === "") return undefined;
  const wanted = text.toLowerCase();
  const all = [...units];
  const exact = all.find((u) => u.name.toLowerCase() === wanted || u.name_en.toLowerCase() === wanted || u.id.toLowerCase() === wanted);
  if (exact) return exact;
  const near = all.filter((u) => u.name.toLowerCase().includes(wanted) || u.name_en.toLowerCase().includes(wanted));
  return near.length === 1 ? near[0] : undefined;
}

/** An incident by its number or the end of it: `31` is 1121-0031. */
function incidentNumbered(text: string, incidents: readonly Incident[]): Incident | undefined {
  if (!/\d/.test(text)) return undefined;
  const found = incidents.filter((i) => i.number === text || i.number.endsWith(text.padStart(4, "0")));
  return found.length === 1 ? found[0] : undefined;
}

function send([unitText = "", incidentText]: readonly string[], names: Names): Parsed {
  const unit = unitNamed(unitText, names.units);
  if (!unit) return lack("unit");
  const incident = incidentText ? incidentNumbered(incidentText, names.incidents) : names.selected;
  return incident ? be({ type: "send", unit, incident }) : lack(incidentText ? "incident" : "no_incident");
}

function level([digit = "", ...reason]: readonly string[], { selected }: Names): Parsed {
  if (!selected) return lack("no_incident");
  if (!/^[1-5]$/.test(digit)) return lack("level");
  return be({ type: "level", level: Number(digit) as AlarmLevel, reason: reason.join(" "), incident: selected });
}

const USUAL_RADIUS_M = 80;

function closeRoads(words: readonly string[]): Parsed {
  const radius = words.length > 1 && /^\d{2,4}$/.test(words.at(-1) ?? "") ? Number(words.at(-1)) : null;
  const place = (radius === null ? words : words.slice(0, -1)).join(" ");
  return place === "" ? lack("place") : be({ type: "close_roads", place, radius_m: radius ?? USUAL_RADIUS_M });
}

function openRoads(name: string, { closures }: Names): Parsed {
  const open = [...closures].filter((closure) => !closure.lifted);
  const found = open.find((c) => c.name === name) ?? open.find((c) => name !== "" && c.name.includes(name));
  return found ? be({ type: "open_roads", closure: found }) : lack("closure");
}

function release([unitText = "", ...reason]: readonly string[], names: Names): Parsed {
  const unit = unitNamed(unitText, names.units);
  if (!unit) return lack("unit");
  const assignment = names.assignmentOf(unit.id);
  return assignment ? be({ type: "release", assignment, unit, reason: reason.join(" ") }) : lack("assignment");
}

function divert([unitText = "", incidentText = "", ...reason]: readonly string[], names: Names): Parsed {
  const unit = unitNamed(unitText, names.units);
  if (!unit) return lack("unit");
  const assignment = names.assignmentOf(unit.id);
  if (!assignment) return lack("assignment");
  const incident = incidentNumbered(incidentText, names.incidents);
  if (!incident || incident.id === assignment.incident_id) return lack("incident");
  return be({ type: "divert", assignment, unit, incident, reason: reason.join(" ") });
}

function note(text: string, { selected }: Names): Parsed {
  if (!selected) return lack("no_incident");
  return text === "" ? lack("text") : be({ type: "note", text, incident: selected });
}

function about(type: "why" | "pin" | "forbid", unitText: string, names: Names): Parsed {
  const unit = unitNamed(unitText, names.units);
  if (!unit) return lack("unit");
  return names.selected ? be({ type, unit }) : lack("no_incident");
}

function step(to: StepTo, { selected }: Names): Parsed {
  if (!selected) return lack("no_incident");
  return STEPS[selected.status]?.includes(to) ? be({ type: "step", to, incident: selected }) : lack("step");
}
