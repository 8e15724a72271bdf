// Asking others for their forces and recording what they answer; the telephone is beside the desk.
import type { Incident } from "../contracts";
import { isLent } from "../lent";
import { all, get } from "../picture";
import { joined, nameOf, t } from "../words";
import type { Live } from "../live";
import type { Acts } from "./acts";
import { aidOf, offersOf, readySeconds, type Offer } from "./aid";
import * as answers from "./answers";
import { canSend } from "./selection";
import type { AidAsk, Change } from "./state";

export class Aiding {
  private readonly acts: Acts;
  private readonly live: Live;
  private readonly change: (change: Change) => void;

  constructor(acts: Acts, live: Live, change: (change: Change) => void) {
    this.acts = acts;
    this.live = live;
    this.change = change;
  }

  private organisation = (id: string): string => nameOf(get(this.live.picture, "organisation", id), id);

  /** Begins to ask for a unit of others, or, without one, for the soonest help with what is missing. */
  begin = (unitId: string | null): void => {
    const { incident, advice } = this.acts.look().selection;
    if (!incident || !canSend(incident)) return this.acts.say(t("desk.not_now"), "plain");
    const { picture } = this.live;
    const unit = unitId === null ? undefined : get(picture, "unit", unitId);
    if (unit && isLent(unit, get(picture, "organisation", unit.organisation_id), get(picture, "policy", "dispatch"))) {
      return this.open(incident, unit.organisation_id, [unit.id]);
    }
    const [offer] = offersOf(advice, aidOf(all(picture, "aid_request").values(), incident.id));
    if (offer) this.ask(offer);
    else this.acts.say(t("desk.aid.none"), "plain");
  };

  /** Begins to ask for what an organisation could send. */
  ask = (offer: Offer): void => {
    const { incident } = this.acts.look().selection;
    if (incident) this.open(incident, offer.organisation_id, offer.unit_ids);
  };

  private open(incident: Incident, organisation_id: string, unit_ids: readonly string[]): void {
    this.change({ ask: { kind: "aid", incident, organisation_id, unit_ids } });
  }

  /** Does what was asked about; `said` is the reason, or the minutes until promised units can leave. */
  perform = async (question: AidAsk, said: string): Promise<string> => {
    if (question.kind === "aid") {
      const { incident, organisation_id, unit_ids } = question;
      await answers.aid(incident.id, { organisation_id, unit_ids: [...unit_ids], text: said });
      return t("desk.done.aid", { organisation: this.organisation(organisation_id), units: joined(unit_ids.map(this.acts.unit)) });
    }
    const { request } = question;
    const organisation = this.organisation(request.organisation_id);
    if (question.kind === "promise") {
      const ready_s = readySeconds(said) ?? 0;
      await answers.answerAid(request.id, { promised: question.unit_ids.map((unit_id) => ({ unit_id, ready_s })) });
    } else if (question.kind === "decline") {
      await answers.answerAid(request.id, { reason: said });
    } else {
      await answers.withdrawAid(request.id, { reason: said });
    }
    // Who may be sent has changed, and with it the plan.
    if (question.kind !== "decline") void this.acts.recommend(request.incident_id);
    return t(`desk.done.${question.kind}`, { organisation, n: question.kind === "promise" ? question.unit_ids.length : 0 });
  };
}
