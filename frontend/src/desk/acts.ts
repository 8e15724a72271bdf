// What a dispatcher does, as one hook: each act is sent, said on the desk, and refused in words.
import { useEffect, useState } from "react";
import { newKey, Refusal } from "../api";
import type { Incident } from "../contracts";
import { circle } from "../geo";
import { get } from "../picture";
import { useLive } from "../store";
import { clockText, durationText, shortClockText } from "../times";
import { joined, nameOf, refusalText, t, whoText, word, type Params } from "../words";
import * as ask from "./answers";
import { changedFacts, draftOf, EMPTY_DRAFT, reportForm, type Draft } from "./draft";
import { NO_EDIT, obstacle, orderForm, orderedIds, replaced } from "./edit";
import type { Command } from "./line";
import type { Selection } from "./selection";
import { useDesk, type Ask, type Change, type DeskState } from "./state";
import type { Live } from "../live";

/** Everything an act may need, as it is at the moment of the act. */
interface Now {
  readonly state: DeskState;
  readonly selection: Selection;
}

export class Acts {
  private readonly live: Live;
  private readonly change: (change: Change) => void;
  private now: Now | null = null;
  /** One key per displayed order, so that a second press is the same act. */
  private readonly keys = new Map<string, string>();
  private registering: Promise<Incident | null> | null = null;

  constructor(live: Live, change: (change: Change) => void) {
    this.live = live;
    this.change = change;
  }

  /** Tells what the desk shows now. */
  see(now: Now): void {
    this.now = now;
  }

  private look(): Now {
    if (!this.now) throw new Error("an act before the desk was drawn");
    return this.now;
  }

  say = (text: string, tone: "good" | "bad" | "plain" = "good"): void => this.change({ saying: { tone, text } });

  private refused = (error: unknown): null => {
    if (!(error instanceof Refusal)) throw error;
    this.say(refusalText(error, this.facts(error)), "bad");
    return null;
  };

  /** The facts of a refusal by the names that this desk knows. */
  private facts({ extra }: Refusal): Params {
    const { unit_id, unit_ids, at } = extra;
    return {
      ...(typeof unit_id === "string" ? { unit: this.unit(unit_id) } : {}),
      ...(Array.isArray(unit_ids) ? { units: joined(unit_ids.map((id) => this.unit(String(id)))) } : {}),
      ...(typeof at === "string" ? { at: clockText(at) } : {}),
    };
  }

  private keyOf(signature: string): string {
    const known = this.keys.get(signature) ?? newKey();
    this.keys.set(signature, known);
    return known;
  }

  private unit = (id: string): string => nameOf(get(this.live.picture, "unit", id), id);
  private number = (id: string): string => get(this.live.picture, "incident", id)?.number ?? id;

  newReport = (): void => this.change({ selected: null, draft: EMPTY_DRAFT, saying: null });

  /** Takes a changed draft; registers the report as soon as place and kind are known. */
  fill = (draft: Draft): void => {
    this.change({ draft });
    const form = reportForm(draft);
    if (!form || this.registering) return;
    this.registering = ask
      .report(form, newKey())
      .then(({ incident }) => {
        this.change({ selected: incident.id, fresh: incident, draft: EMPTY_DRAFT });
        this.say(t("desk.done.registered", { number: incident.number }));
        return incident;
      })
      .catch(this.refused)
      .finally(() => {
        this.registering = null;
      });
  };

  /** Takes changed facts of the open incident and sends the difference. */
  learn = (draft: Partial<Draft>): void => {
    const { state, selection } = this.look();
    const { incident } = selection;
    if (!incident) return;
    const pending = { ...state.pending, ...draft };
    this.change({ pending });
    const facts = changedFacts(incident, { ...draftOf(incident), ...pending });
    if (!facts) return;
    ask.learn(incident.id, facts).then((learnt) => this.change({ fresh: learnt, pending: {} }), this.refused);
  };

  recommend = async (incidentId: string): Promise<void> => {
    this.change({ solvingSince: performance.now() });
    const answer = await ask.recommend(incidentId).catch(this.refused);
    this.change((state) => ({ solvingSince: null, answer: answer ?? state.answer }));
  };

  early = async (): Promise<void> => {
    const incident = (await this.registering) ?? this.look().selection.incident;
    if (!incident) {
      this.say(t("desk.early_needs"), "bad");
      return;
    }
    const sent = await ask.orderEarly(incident.id, this.keyOf(`early ${incident.id} ${incident.version}`)).catch(this.refused);
    if (sent) this.ordered(sent.assignments.length);
  };

  private ordered(units: number): void {
    const now = this.live.now();
    this.change({ edit: NO_EDIT, pinned: null, taken: null });
    this.say(t("desk.ordered", { time: now === null ? "" : clockText(now), n: units }));
    void this.again();
  }

  confirm = async (withStock: boolean): Promise<void> => {
    const { state, selection } = this.look();
    const { incident, advice } = selection;
    const lack = incident ? obstacle(state.edit, advice, withStock) : "now";
    if (!incident || lack) {
      this.say(t(lack === "now" ? "desk.not_now" : lack === "empty" ? "desk.empty_order" : "desk.reason_missing"), "bad");
      return;
    }
    const form = orderForm(state.edit, advice, withStock);
    const key = this.keyOf(JSON.stringify([incident.id, form]));
    const sent = await ask.order(incident.id, form, key).catch((error: unknown) => this.lost(error, state, selection));
    if (sent) this.ordered(sent.assignments.length);
  };

  /** A refused order: a unit taken by somebody else is replaced in its row; an unreachable net leaves the radio. */
  private lost = async (error: unknown, state: DeskState, { incident, advice }: Selection): Promise<null> => {
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
    const answer = await ask.recommend(incident.id).catch(this.refused);
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
  answer = async (question: Ask, reason: string): Promise<void> => {
    const done = await this.perform(question, reason).catch(this.refused);
    if (done === null) return;
    this.change({ ask: null });
    this.say(done);
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
    }
  }

  step = async (incident: Incident, to: Extract<Ask, { kind: "step" }>["to"]): Promise<void> => {
    await this.answer({ kind: "step", incident, to }, "");
  };

  /** Closes an area; one that was drawn has no place's name and is called by the hour. */
  closeRing = async (place: string | null, ring: readonly (readonly [number, number])[]): Promise<void> => {
    const name = place ?? t("desk.closure_name", { time: shortClockText(this.live.now() ?? 0) });
    const closure = await ask.closeRoads({ name, ring }).catch(this.refused);
    if (!closure) return;
    this.change({ drawing: null });
    this.say(t("desk.done.closure", { name: closure.name }));
    await this.again();
  };

  openRoads = async (closureId: string): Promise<void> => {
    const closure = await ask.openRoads(closureId).catch(this.refused);
    if (!closure) return;
    this.say(t("desk.done.lifted", { name: closure.name }));
    await this.again();
  };

  /** Roads or orders have changed: the selected incident's advice is asked for anew. */
  private again = async (): Promise<void> => {
    const { incident } = this.look().selection;
    if (incident) await this.recommend(incident.id);
  };

  /** Runs a parsed command. Those that need a reason and have none ask for it. */
  run = async (command: Command): Promise<void> => {
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
        if ((await ask.note(command.incident.id, { text: command.text }).catch(this.refused)) !== null) this.say(t("desk.done.noted"));
        return;
      case "why":
        this.change({ drawer: command.unit.id });
        return;
      case "open_roads":
        return this.openRoads(command.closure.id);
      case "close_roads":
        return this.closeAround(command.place, command.radius_m);
    }
  };

  private orAsk(question: Ask, reason: string): Promise<void> {
    if (reason) return this.answer(question, reason);
    this.change({ ask: question });
    return Promise.resolve();
  }

  private async closeAround(text: string, radius_m: number): Promise<void> {
    const found = await ask.places(text).catch(this.refused);
    const place = found?.[0];
    if (place) await this.closeRing(place.name, circle(place.at, radius_m, 16));
    else if (found) this.say(t("desk.place_unknown", { place: text }), "bad");
  }

  /** Orders one unit by hand at once; no suggestion stands in its way. */
  sendOne = async (incident: Incident, unitId: string): Promise<void> => {
    const form = { kind: "manual", units: [{ unit_id: unitId, line: "manual" }] };
    const key = this.keyOf(JSON.stringify([incident.id, incident.version, form]));
    const sent = await ask.order(incident.id, form, key).catch(this.refused);
    if (sent) this.ordered(sent.assignments.length);
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
