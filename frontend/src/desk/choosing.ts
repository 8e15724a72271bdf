// Choosing among the plans of a recommendation, and the commander's own choices, each asked about at once.
import { t } from "../words";
import type { Acts } from "./acts";
import { chosen, swapOf, type Choice, type Choices } from "./choices";
import { differs } from "./edit";
import { CHOOSABLE, duePlans, planName } from "./plan";
import { priceText } from "./price";
import { canSend } from "./selection";
import type { Change } from "./state";

export class Choosing {
  private readonly acts: Acts;
  private readonly change: (change: Change) => void;

  constructor(acts: Acts, change: (change: Change) => void) {
    this.acts = acts;
    this.change = change;
  }

  /** Turns to the plan of the first, second or third key. */
  plan = (nth: number): void => {
    const { state, selection } = this.acts.look();
    const { incident, answer } = selection;
    const name = CHOOSABLE[nth];
    if (!incident || !answer || !canSend(incident)) return this.acts.say(t("desk.advice_none"), "plain");
    if (name === undefined || planName(answer, name) !== name) {
      return this.acts.say(t(duePlans(answer).some((due) => due === name) ? "desk.plan.due" : "desk.plan.none"), "plain");
    }
    if (differs(state.edit)) return this.acts.say(t("desk.plan.editing"), "bad");
    this.change((held) => ({ plans: new Map([...held.plans, [incident.id, name]]), row: null }));
  };

  /** Takes one more choice about a unit, or takes it back. */
  decide = async (kind: Choice["kind"], unitId: string | null): Promise<void> => {
    const choice = unitId === null ? null : this.meant(kind, unitId);
    if (choice) await this.turn((choices) => chosen(choices, choice));
    else this.acts.say(unitId === null ? t("desk.choice.no_row") : t("desk.choice.no_swap", { unit: this.acts.unit(unitId) }), "plain");
  };

  private meant(kind: Choice["kind"], unitId: string): Choice | null {
    if (kind !== "swap") return { kind, unit_id: unitId };
    const { advice } = this.acts.look().selection;
    return advice ? swapOf(advice, unitId) : null;
  }

  /** Takes back the choice made last. */
  undo = (): Promise<void> => this.turn((choices) => choices.slice(0, -1));

  /** Changes the choices, asks anew, and says what all of them cost. */
  turn = async (next: (choices: Choices) => Choices): Promise<void> => {
    const { state, selection } = this.acts.look();
    const { incident, choices: before } = selection;
    if (!incident || !canSend(incident) || differs(state.edit)) {
      this.acts.say(canSend(incident) ? t("desk.plan.editing") : t("desk.not_now"), "bad");
      return;
    }
    const choices = next(before);
    if (choices.length + before.length === 0) return;
    this.change((held) => ({ choices: new Map([...held.choices, [incident.id, choices]]) }));
    const answer = await this.acts.recommend(incident.id, choices);
    if (!answer) return;
    const coverKnown = answer.alternatives.some((each) => each.cover !== null);
    this.acts.say(answer.price ? t("desk.choice.priced", { price: priceText(answer.price, coverKnown) }) : t("desk.choice.free"), "plain");
  };
}
