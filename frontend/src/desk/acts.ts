// What a dispatcher does, as one hook: each act is sent, said on the desk, and refused in words.
import { useEffect, useState } from "react";
import { newKey, Refusal } from "../api";
import type { Incident, Ordered, Recommendation } from "../contracts";
import { circle } from "../geo";
import { get, isActive } from "../picture";
import { useLive } from "../store";
import { clockText, durationText, shortClockText } from "../times";
import { joined, nameOf, refusalText, t, whoText, word, type Params } from "../words";
import { Aiding } from "./aiding";
import * as ask from "./answers";
import { adviceForm, without, type Choices } from "./choices";
import { Choosing } from "./choosing";
import { NO_EDIT, obstacle, orderForm, orderedIds, replaced } from "./edit";
import type { Command } from "./line";
import { Moving } from "./moving";
import { undecided } from "./outbox";
import { Reporting } from "./reporting";
import { canSend, type Selection } from "./selection";
import { useDesk, type Ask, type Change, type DeskState } from "./state";
import type { Live } from "../live";

const ASK_AGAIN_MS = 3000;
/** A second press within this time after an order repeats its answer; no hand means another order so soon. */
const SAME_PRESS_MS = 2000;

/** Everything an act may need, as it is at the moment of the act. */
export interface Now {
  readonly state: DeskState;
  readonly selection: Selection;
}

/** The order given last: what was said when it was answered, null until then. */
interface LastOrder {
  readonly incidentId: string;
  readonly at: number;
  readonly said: string | null;
}

export class Acts {
  private readonly live: Live;
  private readonly change: (change: Change) => void;
  private now: Now | null = null;
  private last: LastOrder | null = null;
  /** One key per displayed order, so that a second press is the same act. */
  private readonly keys = new Map<string, string>();
  readonly choosing: Choosing;
  readonly aiding: Aiding;
  readonly moving: Moving;
  readonly reporting: Reporting;
  /** Questions to the solver so far. */
  private questions = 0;

  constructor(live: Live, change: (change: Change) => void) {
    this.live = live;
    this.change = change;
    this.choosing = new Choosing(this, change);
    this.aiding = new Aiding(this, live, change);
    this.moving = new Moving(this, live, change);
    this.reporting = new Reporting(this, change);
  }

  /** Tells what the desk shows now. */
  see(now: Now): void {
    this.now = now;
  }

  look(): Now {
    if (!this.now) throw new Error("an act before the desk was drawn");
    return this.now;
  }

  say = (text: string, tone: "good" | "bad" | "plain" = "good"): void => this.change({ saying: { tone, text } });

  /** Says why not. */
  refused = (error: unknown): null => {
    if (!(error instanceof Refusal)) throw error;
    this.say(refusalText(error, this.facts(error)), "bad");
    return null;
  };

  /** The facts of a refusal by the names that this desk knows. */
  private facts({ extra }: Refusal): Params {
    const { unit_id, unit_ids, at, organisation_id, stockpile_id } = extra;
    return {
      ...(typeof unit_id === "string" ? { unit: this.unit(unit_id) } : {}),
      ...(Array.isArray(unit_ids) ? { units: joined(unit_ids.map((id) => this.unit(String(id)))) } : {}),
      ...(typeof at === "string" ? { at: clockText(at) } : {}),
      ...(typeof organisation_id === "string" ? { organisation: nameOf(get(this.live.picture, "organisation", organisation_id), organisation_id) } : {}),
      ...(typeof stockpile_id === "string" ? { stockpile: nameOf(get(this.live.picture, "stockpile", stockpile_id), stockpile_id) } : {}),
    };
  }

  private keyOf(signature: string): string {
    const known = this.keys.get(signature) ?? newKey();
    this.keys.set(signature, known);
    return known;
  }

  unit = (id: string): string => nameOf(get(this.live.picture, "unit", id), id);
  private number = (id: string): string => get(this.live.picture, "incident", id)?.number ?? id;

  /** Asks for advice round what was chosen; the newest question is the one that the desk waits for. */
  recommend = async (incidentId: string, choices = this.look().selection.choices): Promise<Recommendation | null> => {
    const question = ++this.questions;
    this.change({ solvingSince: performance.now() });
    const answer = await ask.recommend(incidentId, adviceForm(choices, this.bound())).catch((error: unknown) => {
      if (undecided(error)) setTimeout(() => this.askOnceMore(incidentId), ASK_AGAIN_MS);
      else this.takeBack(error, incidentId, choices);
      return this.refused(error);
    });
    if (question === this.questions) this.change((state) => ({ solvingSince: null, answer: answer ?? state.answer }));
    return answer;
  };

  private bound(): ReadonlySet<string> {
    return new Set(this.look().selection.assignments.filter(isActive).map((assignment) => assignment.unit_id));
  }

  /** A choice that cannot be kept must not stand in the way of every later answer. */
  private takeBack(error: unknown, incidentId: string, choices: Choices): void {
    const unitId = error instanceof Refusal ? error.extra["unit_id"] : undefined;
    if (typeof unitId !== "string") return;
    const left = without(choices, unitId);
    if (left.length === choices.length) return;
    this.change((state) => ({ choices: new Map([...state.choices, [incidentId, left]]) }));
    void this.recommend(incidentId, left);
  }

  private askOnceMore(incidentId: string): void {
    const { incident } = this.look().selection;
    if (incident?.id === incidentId && canSend(incident)) void this.recommend(incidentId);
  }

  early = async (): Promise<void> => {
    const incident = await this.reporting.incident();
    if (!incident) {
      this.say(t("desk.early_needs"), "bad");
      return;
    }
    await this.once(incident.id, () => ask.orderEarly(incident.id, this.keyOf(`early ${incident.id} ${incident.version}`)).catch(this.refused));
  };

  /** Gives one order: a press while it is on its way, or right after it, is the same press. */
  private async once(incidentId: string, give: () => Promise<Ordered | null>): Promise<void> {
    const { last } = this;
    if (last?.incidentId === incidentId && (last.said === null || performance.now() - last.at < SAME_PRESS_MS)) {
      if (last.said !== null) this.say(last.said);
      return;
    }
    const mine: LastOrder = { incidentId, at: performance.now(), said: null };
    this.last = mine;
    const sent = await give();
    this.last = sent ? { incidentId, at: performance.now(), said: this.ordered(sent.assignments.length) } : null;
  }

  private ordered(units: number): string {
    const now = this.live.now();
    const said = t("desk.ordered", { time: now === null ? "" : clockText(now), n: units });
    this.change({ edit: NO_EDIT, pinned: null, taken: null });
    this.say(said);
    void this.again();
    return said;
  }

  /** Sends what is displayed; what keeps it from being sent is said and given back. */
  confirm = async (withStock: boolean): Promise<"now" | "empty" | "reason" | null> => {
    const { state, selection } = this.look();
    const { incident, advice } = selection;
    const lack = !incident || selection.planDue ? "now" : obstacle(state.edit, advice, withStock);
    if (!incident || lack) {
      const said = this.last && incident?.id === this.last.incidentId && lack === "empty" ? this.last.said : null;
      if (said !== null) this.say(said);
      else this.say(t(selection.planDue ? "desk.plan.due" : lack === "now" ? "desk.not_now" : lack === "empty" ? "desk.empty_order" : "desk.reason_missing"), "bad");
      return lack;
    }
    const form = orderForm(state.edit, advice, withStock);
    const key = this.keyOf(JSON.stringify([incident.id, form]));
    await this.once(incident.id, () => ask.order(incident.id, form, key).catch((error: unknown) => this.lost(error, state, selection)));
    return null;
  };

  /** A refused order: a unit taken by somebody else is replaced in its row; an unreachable net leaves the radio. */
  private lost = async (error: unknown, state: DeskState, selection: Selection): Promise<null> => {
    const { incident, advice } = selection;
    if (!(error instanceof Refusal) || !incident) return this.refused(error);
    if (error.status === 0) {
      const names = joined(orderedIds(state.edit, advice).map(this.unit));
      this.say(t("desk.radio", { units: names }), "bad");
      return null;
    }
    const takenId = error.extra["unit_id"];
    if (error.code !== "unit_taken" || typeof takenId !== "string" || !advice) return this.refused(error);
    const { incident_number, at, by, by_name } = error.extra as Record<string, string | undefined>;
    const text = t("desk.taken", { unit: this.unit(takenId), incident: incident_number ?? "?", at: at ? clockText(at) : "", by: whoText(by ?? "", by_name) });
    this.change({ pinned: advice.id, taken: { unit_id: takenId, text } });
    const form = adviceForm(selection.choices, this.bound());
    const answer = await ask.recommend(incident.id, form).catch(this.refused);
    const reason = t("desk.taken_reason", { unit: this.unit(takenId), incident: incident_number ?? "?" });
    const edit = replaced(state.edit, takenId, advice, answer, reason);
    this.change({ edit, answer, pinned: advice.id });
    this.say(`${text} · ${this.price(takenId, edit, advice)} · ${t("desk.resolved_row")}`, "bad");
    return null;
  };

  private price(takenId: string, edit: DeskState["edit"], advice: NonNullable<Selection["advice"]>): string {
    const standIn = edit.added.at(-1);
    const before = advice.picks.find((pick) => pick.unit_id === takenId)?.eta_s;
    if (!standIn || standIn.eta_s === null || before === undefined) return t("desk.no_replacement");
    const delta = standIn.eta_s - before;
    return t("desk.replaced_by", { unit: this.unit(standIn.unit_id), delta: `${delta < 0 ? "" : "+"}${durationText(delta)}` });
  }

  merge = async (ownId: string, into: string): Promise<void> => {
    const kept = await ask.merge(ownId, into).catch(this.refused);
    if (!kept) return;
    this.change({ selected: kept.id, fresh: kept });
    this.say(t("desk.done.merged", { number: kept.number }));
  };

  separate = (reportId: string): void => this.change((state) => ({ settled: new Set([...state.settled, reportId]) }));

  /** Does what was asked about, now that its reason is known. */
  answer = async (question: Ask, reason: string): Promise<boolean> => {
    const done = await this.perform(question, reason).catch(this.refused);
    if (done === null) return false;
    this.change({ ask: null });
    this.say(done);
    return true;
  };

  private async perform(question: Ask, reason: string): Promise<string> {
    switch (question.kind) {
      case "level":
        await ask.learn(question.incident.id, { alarm_level: question.level, reason });
        return t("desk.done.level", { level: question.level });
      case "release":
        await ask.release(question.assignment.id, reason);
        return t("desk.done.released", { unit: this.unit(question.assignment.unit_id) });
      case "divert":
        await ask.divert(question.assignment.id, { incident_id: question.into, reason });
        return t("desk.done.diverted", { unit: this.unit(question.assignment.unit_id), number: this.number(question.into) });
      case "outcome":
        await ask.endReport(question.reportId, question.outcome, reason);
        return t("desk.done.outcome", { outcome: t(`desk.outcome.${question.outcome}`) });
      case "step":
        await ask.step(question.incident.id, { to: question.to, reason });
        return t("desk.done.step", { number: question.incident.number, step: word("incident", question.to) });
      case "move_up":
      case "recall":
        return this.moving.perform(question, reason);
      default:
        return this.aiding.perform(question, reason);
    }
  }

  step = (incident: Incident, to: Extract<Ask, { kind: "step" }>["to"]): Promise<boolean> => this.answer({ kind: "step", incident, to }, "");

  /** Closes an area; one that was drawn has no place's name and is called by the hour. */
  closeRing = async (place: string | null, ring: readonly (readonly [number, number])[]): Promise<boolean> => {
    const name = place ?? t("desk.closure_name", { time: shortClockText(this.live.now() ?? 0) });
    const closure = await ask.closeRoads({ name, ring }).catch(this.refused);
    if (!closure) return false;
    this.change({ drawing: null });
    this.say(t("desk.done.closure", { name: closure.name }));
    void this.again();
    return true;
  };

  openRoads = async (closureId: string): Promise<boolean> => {
    const closure = await ask.openRoads(closureId).catch(this.refused);
    if (!closure) return false;
    this.say(t("desk.done.lifted", { name: closure.name }));
    void this.again();
    return true;
  };

  /** Roads or orders have changed: the selected incident's advice is asked for anew. */
  private again = async (): Promise<void> => {
    const { incident } = this.look().selection;
    if (incident) await this.recommend(incident.id);
  };

  /** Runs a parsed command; false where it was refused. Those that need a reason and have none ask for it. */
  run = async (command: Command): Promise<boolean> => {
    switch (command.type) {
      case "send":
        return this.sendOne(command.incident, command.unit.id);
      case "level":
        return this.orAsk({ kind: "level", incident: command.incident, level: command.level }, command.reason);
      case "release":
        return this.orAsk({ kind: "release", assignment: command.assignment }, command.reason);
      case "divert":
        return this.orAsk({ kind: "divert", assignment: command.assignment, into: command.incident.id }, command.reason);
      case "step":
        return this.step(command.incident, command.to);
      case "note":
        this.reporting.note(command.incident, command.text);
        return true;
      case "why":
        this.change({ drawer: command.unit.id });
        return true;
      case "pin":
      case "forbid":
        await this.choosing.decide(command.type, command.unit.id);
        return true;
      case "open_roads":
        return this.openRoads(command.closure.id);
      case "close_roads":
        return this.closeAround(command.place, command.radius_m);
    }
  };

  private orAsk(question: Ask, reason: string): Promise<boolean> {
    if (reason) return this.answer(question, reason);
    this.change({ ask: question });
    return Promise.resolve(true);
  }

  private async closeAround(text: string, radius_m: number): Promise<boolean> {
    const found = await ask.places(text).catch(this.refused);
    const place = found?.[0];
    if (place) return this.closeRing(place.name, circle(place.at, radius_m, 16));
    if (found) this.say(t("desk.place_unknown", { place: text }), "bad");
    return false;
  }

  /** Orders one unit by hand at once; no suggestion stands in its way. */
  sendOne = async (incident: Incident, unitId: string): Promise<boolean> => {
    const form = { kind: "manual", units: [{ unit_id: unitId, line: "manual" }] };
    const key = this.keyOf(JSON.stringify([incident.id, incident.version, form]));
    const sent = await ask.order(incident.id, form, key).catch(this.refused);
    if (sent) this.ordered(sent.assignments.length);
    return sent !== null;
  };
}

/** The acts of this desk; the same object for as long as the desk is open. */
export function useActs(selection: Selection): Acts {
  const live = useLive();
  const { state, change } = useDesk();
  const [acts] = useState(() => new Acts(live, change));
  useEffect(() => acts.see({ state, selection }));
  return acts;
}
