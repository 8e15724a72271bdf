// The three rules of the keys, and which keys act now. Pure.

/** A group of the desk that can hold the bright frame. */
export type Group = "place" | "caller" | "kind" | "hazards" | "level" | "people" | "occupancy" | "units" | "map" | "command" | "reason" | "trial" | "none";

export type DeskKey =
  | { readonly type: "digit"; readonly digit: number }
  | { readonly type: "jump"; readonly group: Group }
  | { readonly type: "move"; readonly step: 1 | -1 }
  | { readonly type: "incident"; readonly step: 1 | -1 }
  | { readonly type: "plan"; readonly nth: number }
  | { readonly type: "new" | "early" | "confirm" | "units_only" | "why" | "edit" | "merge" | "separate" | "enter" | "close" | "command" | "forbid" | "pin" | "swap" | "undo_choice" | "ask_aid" | "release" | "divert" | "try" | "turn" | "move_up" | "recall" | "help" | "erase" };

/** What is read of a keyboard event. */
export interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
}

export interface Where {
  /** The focus is in a text field. */
  readonly inText: boolean;
  readonly group: Group;
}

const JUMPS: Readonly<Record<string, Group>> = {
  KeyL: "place", KeyJ: "kind", KeyH: "hazards", KeyD: "level", KeyP: "people", KeyO: "occupancy", KeyU: "units", KeyG: "map",
};
const ACTS: Readonly<Record<string, Exclude<DeskKey["type"], "digit" | "jump" | "move" | "incident" | "plan">>> = {
  KeyM: "merge", KeyN: "separate", KeyW: "why", KeyE: "edit", KeyX: "forbid", KeyI: "pin", KeyS: "swap", KeyZ: "undo_choice", KeyA: "ask_aid", KeyR: "release", KeyV: "divert",
  KeyT: "try", KeyY: "turn", KeyB: "move_up", KeyC: "recall",
};
const WITH_DIGITS: ReadonlySet<Group> = new Set(["kind", "hazards", "level", "occupancy"]);
const WITH_ROWS: ReadonlySet<Group> = new Set(["units"]);

/**
 * What a key press means, or null where the browser and the focused control keep it.
 * 1 Digits act only in the group with the bright frame. 2 Letters act outside text fields, inside one with Alt.
 * 3 F-keys always act. A key that an input method is composing with is never ours.
 */
export function meaning(pressed: Pressed, where: Where): DeskKey | null {
  if (pressed.isComposing || pressed.metaKey) return null;
  return functionKey(pressed) ?? anywhere(pressed, where) ?? letter(pressed, where) ?? (where.inText ? null : outsideText(pressed, where));
}

function functionKey({ key, shiftKey }: Pressed): DeskKey | null {
  switch (key) {
    case "F2":
      return { type: "early" };
    case "F4":
      return { type: "new" };
    case "F6":
    case "F7":
    case "F8":
      return { type: "plan", nth: Number(key.slice(1)) - 6 };
    case "F9":
      return { type: shiftKey ? "units_only" : "confirm" };
    default:
      return null;
  }
}

function anywhere({ key, code, ctrlKey }: Pressed, where: Where): DeskKey | null {
  if (ctrlKey) return code === "KeyK" ? { type: "command" } : null;
  if (key === "Escape") return { type: "close" };
  if (key === "PageDown") return { type: "incident", step: 1 };
  if (key === "PageUp") return { type: "incident", step: -1 };
  if (key === "Enter" && where.group === "map") return { type: "enter" };
  return null;
}

function letter({ code, altKey, ctrlKey }: Pressed, where: Where): DeskKey | null {
  if (ctrlKey || altKey !== where.inText) return null;
  const jump = JUMPS[code];
  if (jump) return { type: "jump", group: jump };
  const act = ACTS[code];
  return act ? { type: act } : null;
}

function outsideText({ key, altKey, ctrlKey }: Pressed, where: Where): DeskKey | null {
  if (altKey || ctrlKey) return null;
  if (/^[0-9]$/.test(key)) return WITH_DIGITS.has(where.group) ? { type: "digit", digit: Number(key) } : null;
  if (key === "/") return { type: "command" };
  if (key === "?") return { type: "help" };
  if (key === "Backspace" && where.group === "kind") return { type: "erase" };
  if (!WITH_ROWS.has(where.group)) return null;
  if (key === "ArrowDown") return { type: "move", step: 1 };
  if (key === "ArrowUp") return { type: "move", step: -1 };
  return key === "Enter" ? { type: "enter" } : null;
}

/** What the key strip needs to know about the desk. */
export interface Situation extends Where {
  readonly hasIncident: boolean;
  readonly canEarly: boolean;
  readonly canConfirm: boolean;
  readonly hasRepeat: boolean;
  readonly editing: boolean;
  readonly hasRows: boolean;
  readonly canWhy: boolean;
  readonly hasPlans: boolean;
  readonly canChoose: boolean;
  readonly hasChoices: boolean;
  readonly canAskAid: boolean;
  readonly canTry: boolean;
  readonly canTurn: boolean;
  readonly canMove: boolean;
  readonly canRecall: boolean;
  readonly asking: boolean;
}

/** One key of the strip: its cap and the word of what it does (`desk.key.*`). */
export interface Cap {
  readonly cap: string;
  readonly word: string;
}

/** The keys that act now, most urgent first. */
export function keyStrip(now: Situation): readonly Cap[] {
  if (now.asking) return [{ cap: "Enter", word: "send" }, { cap: "Esc", word: "close" }];
  const prefix = now.inText ? "Alt " : "";
  const caps: (Cap | false)[] = [
    now.hasRepeat && { cap: `${prefix}M`, word: "merge" },
    now.hasRepeat && { cap: `${prefix}N`, word: "separate" },
    now.canTurn && { cap: `${prefix}Y`, word: "turn" },
    now.canMove && { cap: `${prefix}B`, word: "move_up" },
    now.canEarly && { cap: "F2", word: "early" },
    now.canConfirm && { cap: "F9", word: "confirm" },
    now.canConfirm && { cap: "Shift F9", word: "units_only" },
    !now.inText && WITH_DIGITS.has(now.group) && { cap: "0–9", word: "digits" },
    !now.inText && now.group === "units" && { cap: "↑↓", word: "rows" },
    now.editing && now.group === "units" && { cap: `${prefix}X`, word: "drop" },
    now.hasPlans && { cap: "F6 F7 F8", word: "plan" },
    now.canWhy && { cap: `${prefix}W`, word: "why" },
    now.canChoose && { cap: `${prefix}I X S`, word: "choose" },
    now.hasChoices && { cap: `${prefix}Z`, word: "undo_choice" },
    now.canAskAid && { cap: `${prefix}A`, word: "ask_aid" },
    now.canConfirm && { cap: `${prefix}E`, word: "edit" },
    now.hasRows && { cap: `${prefix}U`, word: "units" },
    !now.hasIncident && { cap: `${prefix}L`, word: "place" },
    { cap: `${prefix}J`, word: "kind" },
    { cap: `${prefix}H`, word: "hazards" },
    { cap: `${prefix}D`, word: "level" },
    { cap: `${prefix}P`, word: "people" },
    { cap: `${prefix}G`, word: "map" },
    now.canTry && { cap: `${prefix}T`, word: "try" },
    now.canRecall && { cap: `${prefix}C`, word: "recall" },
    { cap: "PgUp PgDn", word: "switch" },
    now.hasIncident && { cap: "F4", word: "new" },
    { cap: now.inText ? "Ctrl K" : "/", word: "command" },
    !now.inText && { cap: "?", word: "all" },
  ];
  return caps.filter((cap) => cap !== false);
}
