// The strip of keys that act now, and the list of all keys.
import { isActive } from "../picture";
import { t, word } from "../words";
import { orderable, recallable, withinLimit } from "./cover";
import { keyStrip, type Group } from "./keys";
import css from "./KeyStrip.module.css";
import type { Repeat } from "./queue";
import { canSend, canSendEarly, type Selection } from "./selection";
import { useDesk } from "./state";
import type { Cover } from "./useCover";

const TEXT_GROUPS: ReadonlySet<Group> = new Set(["place", "caller", "people", "command", "reason", "trial"]);

export function KeyStrip({ selection, repeat, cover }: { selection: Selection; repeat: Repeat | undefined; cover: Cover }) {
  const { state } = useDesk();
  const { incident, answer, advice, assignments, choices } = selection;
  const caps = keyStrip({
    group: state.group,
    inText: TEXT_GROUPS.has(state.group),
    hasIncident: incident !== undefined,
    canEarly: canSendEarly(incident, assignments),
    canConfirm: canSend(incident) && (advice?.picks.length ?? 0) + (advice?.stock.length ?? 0) + state.edit.added.length > 0,
    hasRepeat: repeat !== undefined,
    editing: state.edit.open,
    hasRows: (advice?.picks.length ?? 0) + assignments.filter(isActive).length > 0,
    canWhy: canSend(incident) && advice !== undefined,
    hasPlans: canSend(incident) && (answer?.alternatives.length ?? 0) > 1,
    canChoose: canSend(incident) && !state.edit.open && (state.drawer !== null || state.row !== null),
    hasChoices: canSend(incident) && choices.length > 0,
    canAskAid: canSend(incident) && (advice?.askable.length ?? 0) > 0,
    canTry: withinLimit(cover.coverage) !== undefined,
    canTurn: cover.turns.length > 0,
    canMove: orderable(state, cover) !== null,
    canRecall: recallable(cover.moved) !== undefined,
    asking: state.ask !== null,
  });
  return (
    <footer className={css["strip"]} aria-label={t("desk.keys")}>
      {caps.map(({ cap, word: name }) => (
        <span key={cap}><kbd className={css["cap"]}>{cap}</kbd> {word("desk.key", name)}</span>
      ))}
    </footer>
  );
}

const ALL: readonly (readonly [string, string])[] = [
  ["F4", "new"], ["F2", "early"], ["F9", "confirm"], ["F6 F7 F8", "plan"], ["Shift F9", "units_only"], ["L", "place"], ["J", "kind"],
  ["H", "hazards"], ["D", "level"], ["P", "people"], ["O", "occupancy"], ["U", "units"], ["G", "map"], ["M", "merge"],
  ["N", "separate"], ["W", "why"], ["E", "edit"], ["I", "pin"], ["X", "forbid"], ["S", "swap"], ["Z", "undo_choice"], ["A", "ask_aid"], ["R", "release"], ["V", "divert"],
  ["T", "try"], ["Y", "turn"], ["B", "move_up"], ["C", "recall"],
  ["PgUp PgDn", "switch"], ["↑↓ Enter", "rows"], ["0–9", "digits"], ["/", "command"], ["Alt", "text"], ["Esc", "close"],
];

export function AllKeys() {
  return (
    <aside className={css["all"]} aria-label={t("desk.key.all")}>
      <h2>{t("desk.key.all")}</h2>
      <ul className={css["list"]}>
        {ALL.map(([cap, name]) => <li key={cap}><kbd className={css["cap"]}>{cap}</kbd> {word("desk.key", name)}</li>)}
      </ul>
    </aside>
  );
}
