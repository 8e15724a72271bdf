// Registering a report and telling what is learnt of an incident: sent while it is typed, and not lost on the way.
import { newKey } from "../api";
import type { Incident } from "../contracts";
import { t } from "../words";
import type { Acts } from "./acts";
import * as ask from "./answers";
import { changedFacts, changesBetween, draftOf, EMPTY_DRAFT, reportForm, settled, typed, type Draft } from "./draft";
import { Outbox } from "./outbox";
import type { Change } from "./state";

export class Reporting {
  private readonly acts: Acts;
  private readonly change: (change: Change) => void;
  private readonly outbox: Outbox;
  /** The report being registered, until it is answered or another is begun. */
  private registering: Promise<Incident | null> | null = null;
  /** Incidents with facts on their way: what is typed meanwhile follows them, never overtakes. */
  private readonly telling = new Set<string>();

  constructor(acts: Acts, change: (change: Change) => void) {
    this.acts = acts;
    this.change = change;
    this.outbox = new Outbox((unsent) => change({ unsent }));
  }

  /** Begins another report; one that is still on its way goes on by itself. */
  newReport = (): void => {
    this.registering = null;
    this.change({ selected: null, draft: EMPTY_DRAFT, saying: null });
  };

  /** Takes a changed draft; registers the report as soon as place and kind are known. */
  fill = (draft: Draft): void => {
    this.change({ draft });
    const form = reportForm(draft);
    if (!form || this.registering) return;
    const key = newKey();
    const mine: Promise<Incident | null> = this.outbox
      .insist(() => ask.report(form, key))
      .then(({ incident }) => {
        this.registered(incident, draft, this.registering === mine);
        return incident;
      })
      .catch(this.acts.refused)
      .finally(() => {
        if (this.registering === mine) this.registering = null;
      });
    this.registering = mine;
  };

  /** Turns to the new incident, unless the dispatcher has turned to something else; what was typed meanwhile follows. */
  private registered(incident: Incident, sent: Draft, mine: boolean): void {
    this.acts.say(t("desk.done.registered", { number: incident.number }));
    const { state } = this.acts.look();
    if (!mine) return;
    const { level, text, ...facts } = changesBetween(sent, state.draft);
    const here = state.selected === null;
    this.change({ draft: EMPTY_DRAFT, ...(here ? { selected: incident.id, fresh: incident } : {}) });
    this.tellFacts(incident, facts);
    if (text) this.note(incident, text);
    if (level && here) this.change({ ask: { kind: "level", incident, level } });
  }

  /** Takes changed facts of the open incident and sends the difference. */
  learn = (draft: Partial<Draft>): void => {
    const { state, selection } = this.acts.look();
    const { incident } = selection;
    if (incident) this.tellFacts(incident, { ...state.pending.get(incident.id), ...draft });
  };

  private tellFacts(incident: Incident, part: Partial<Draft>): void {
    const { id } = incident;
    this.change(({ pending }) => ({ pending: typed(pending, id, part) }));
    const facts = changedFacts(incident, { ...draftOf(incident), ...part });
    if (!facts || this.telling.has(id)) return;
    this.telling.add(id);
    const key = newKey();
    this.outbox
      .insist(() => ask.learn(id, facts, key))
      .then((learnt) => this.learnt(learnt, part), this.acts.refused)
      .finally(() => this.telling.delete(id));
  }

  private learnt(incident: Incident, sent: Partial<Draft>): void {
    this.telling.delete(incident.id);
    const left = settled(this.acts.look().state.pending, incident.id, sent).get(incident.id);
    this.change(({ selected, fresh, pending }) => ({
      fresh: selected === incident.id ? incident : fresh,
      pending: settled(pending, incident.id, sent),
    }));
    if (left) this.tellFacts(incident, left);
  }

  note(incident: Incident, text: string): void {
    const key = newKey();
    this.outbox.insist(() => ask.note(incident.id, { text }, key)).then(() => this.acts.say(t("desk.done.noted")), this.acts.refused);
  }

  /** The incident that is meant now: the one being registered, once it is, else the selected one. */
  incident = async (): Promise<Incident | undefined> => (await this.registering) ?? this.acts.look().selection.incident;
}
