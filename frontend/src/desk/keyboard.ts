// The keyboard of the desk at the edge: reads events, asks the rules what they mean, and acts.
import { useEffect, useRef } from "react";
import { flushSync } from "react-dom";
import type { Incident } from "../contracts";
import type { Acts } from "./acts";
import { rowIds } from "./AdviceTable";
import { whyNotRow } from "./advice";
import { orderable, questionOf, recallable, withinLimit } from "./cover";
import { toggle } from "./edit";
import { meaning, type DeskKey, type Group } from "./keys";
import { neighbour, type Repeat } from "./queue";
import { canSend, pinnable, type Selection } from "./selection";
import { NO_TRIAL, useDesk, type Change, type DeskState } from "./state";
import type { Cover } from "./useCover";
import type { Form } from "./useForm";
import { t } from "../words";

const TEXT = 'input, textarea, select, [contenteditable="true"]';

/** The group that holds the focus. */
export function groupOf(element: Element | null): Group {
  return (element?.closest<HTMLElement>("[data-group]")?.dataset["group"] as Group | undefined) ?? "none";
}

/** Puts the focus into a group: its first field, or its one stop. */
export function jump(group: Group): void {
  document.querySelector<HTMLElement>(`[data-group="${group}"][data-focus], [data-group="${group}"] [data-focus]`)?.focus();
}

const REPEATING: ReadonlySet<DeskKey["type"]> = new Set(["move", "incident", "digit"]);

/** A key held down acts once, so that no order is given by a heavy hand. */
const isRepeated = (event: KeyboardEvent, key: DeskKey): boolean => event.repeat && !REPEATING.has(key.type);

interface Hands {
  readonly acts: Acts;
  readonly form: Form;
  readonly selection: Selection;
  readonly order: readonly Incident[];
  readonly repeat: Repeat | undefined;
  readonly cover: Cover;
  readonly state: DeskState;
  readonly change: (change: Change) => void;
}

export function useKeyboard(given: Omit<Hands, "state" | "change">): void {
  const { state, change } = useDesk();
  const hands = useRef<Hands>({ ...given, state, change });
  useEffect(() => {
    hands.current = { ...given, state, change };
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const element = document.activeElement;
      const where = { inText: element?.matches(TEXT) ?? false, group: groupOf(element) };
      const key = meaning(event, where);
      if (!key || (!isRepeated(event, key) && !perform(key, where.group, hands.current))) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, []);
}

/** Does what a key means; false where it means nothing now and the browser may have it. */
function perform(key: DeskKey, group: Group, hands: Hands): boolean {
  const { acts, form, state, change, order } = hands;
  switch (key.type) {
    case "digit":
      form.digit(group, key.digit);
      return true;
    case "jump":
      jump(key.group);
      return true;
    case "incident": {
      const next = neighbour(order, state.selected, key.step);
      if (next) change({ selected: next });
      return next !== null;
    }
    case "plan":
      acts.choosing.plan(key.nth);
      return true;
    case "new":
      // What is typed next must find the empty form, however busy the screen is.
      flushSync(() => acts.reporting.newReport());
      jump("place");
      return true;
    case "early":
      void acts.early();
      return true;
    case "confirm":
    case "units_only":
      void acts.confirm(key.type === "confirm").then((lack) => {
        if (lack === "reason") jump("reason");
      });
      return true;
    case "command":
      jump("command");
      return true;
    case "help":
      change({ help: !state.help });
      return true;
    case "erase":
      form.erase();
      return true;
    case "close":
      return close(hands);
    default:
      return onRows(key, hands);
  }
}

/** Esc closes the topmost thing that is open; it never cancels an order. */
function close({ state, change }: Hands): boolean {
  const open: Change | null =
    state.ask ? { ask: null }
    : state.help ? { help: false }
    : state.drawing ? { drawing: null }
    : state.drawer ? { drawer: null }
    : state.trial ? { trial: null }
    : state.edit.open || state.pinned ? { edit: { open: false, dropped: new Set(), added: [], reason: "" }, pinned: null, taken: null }
    : null;
  if (open) change(open);
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  return true;
}

function onRows(key: DeskKey, hands: Hands): boolean {
  const { acts, selection, repeat, state, change } = hands;
  const ids = rowIds(selection, state.edit.added);
  const row = state.row !== null && ids.includes(state.row) ? state.row : null;
  const assignment = selection.assignments.find((a) => a.unit_id === row);
  switch (key.type) {
    case "move": {
      const at = row === null ? (key.step > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, ids.indexOf(row) + key.step));
      change({ row: ids[at] ?? null });
      return true;
    }
    case "enter":
      return enter(hands, row);
    case "why": {
      const unit = row ?? (selection.advice && whyNotRow(selection.advice)?.unit_id) ?? null;
      if (unit === null && state.drawer === null) acts.say(t(selection.advice ? "desk.why_none" : "desk.advice_none"), "plain");
      change({ drawer: state.drawer === null ? unit : null });
      return true;
    }
    case "edit":
      if (!canSend(selection.incident)) return true;
      change({ edit: { ...state.edit, open: true }, pinned: pinnable(selection), row: row ?? ids[0] ?? null });
      jump("units");
      return true;
    case "forbid":
      if (state.edit.open && !state.drawer) change(row === null ? {} : { edit: toggle(state.edit, row) });
      else void acts.choosing.decide("forbid", state.drawer ?? row);
      return true;
    case "pin":
    case "swap":
      void acts.choosing.decide(key.type, state.drawer ?? row);
      return true;
    case "undo_choice":
      void acts.choosing.undo();
      return true;
    case "ask_aid":
      acts.aiding.begin(state.drawer);
      return true;
    case "release":
      if (assignment) change({ ask: { kind: "release", assignment } });
      return true;
    case "divert": {
      const into = hands.order.find((incident) => incident.id !== assignment?.incident_id);
      if (assignment && into) change({ ask: { kind: "divert", assignment, into: into.id } });
      return true;
    }
    case "merge":
      if (repeat) void acts.merge(repeat.own.id, repeat.other.id);
      return true;
    case "separate":
      if (repeat) acts.separate(repeat.report.id);
      return true;
    default:
      return onCover(key, hands);
  }
}

function onCover(key: DeskKey, { acts, cover, state, change }: Hands): boolean {
  switch (key.type) {
    case "try":
      // What is typed next must find the form, however busy the screen is.
      if (withinLimit(cover.coverage)) flushSync(() => change(({ trial }) => ({ trial: trial ?? NO_TRIAL, drawer: null })));
      else acts.say(t("desk.cover.unknown"), "plain");
      jump("trial");
      return true;
    case "turn": {
      const [first] = cover.turns;
      if (first) change({ ask: questionOf(first) });
      return first !== undefined;
    }
    case "move_up": {
      const move = orderable(state, cover);
      if (move) acts.moving.begin(move);
      else acts.say(t("desk.move.none"), "plain");
      return true;
    }
    case "recall": {
      const order = recallable(cover.moved);
      if (order) change({ ask: { kind: "recall", order } });
      return order !== undefined;
    }
    default:
      return false;
  }
}

function enter({ state, change, acts }: Hands, row: string | null): boolean {
  if (state.drawing) {
    if (state.drawing.length >= 3) void acts.closeRing(null, state.drawing);
    return true;
  }
  if (row !== null) change({ drawer: row });
  return row !== null;
}
