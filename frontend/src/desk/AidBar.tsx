// Aid for the incident: whom one may ask for what is missing and what it would buy, what was asked, and the answers.
import type { ReactNode } from "react";
import type { AidRequest } from "../contracts";
import { T } from "../parts/T";
import { all } from "../picture";
import { usePicture } from "../store";
import { durationText, ms, shortClockText } from "../times";
import { joined, nameOf, t } from "../words";
import type { Acts } from "./acts";
import css from "./AidBar.module.css";
import { aidOf, answerable, isOpenAid, offersOf, type Offer } from "./aid";
import { lineText } from "./sentences";
import type { Selection } from "./selection";
import { useDesk, type Ask } from "./state";

export function AidBar({ acts, selection: { incident, advice } }: { acts: Acts; selection: Selection }) {
  const requests = usePicture((p) => all(p, "aid_request"));
  if (!incident) return null;
  const made = aidOf(requests.values(), incident.id);
  const offers = offersOf(advice, made);
  if (made.length + offers.length === 0) return null;
  return (
    <ul className={css["aid"]} aria-label={t("desk.aid")}>
      {made.map((request) => <Request key={request.id} request={request} advised={answerable(request, advice)} />)}
      {offers.map((offer, i) => <OfferRow key={offer.organisation_id} offer={offer} first={i === 0} acts={acts} />)}
    </ul>
  );
}

function useNames() {
  const units = usePicture((p) => all(p, "unit"));
  const organisations = usePicture((p) => all(p, "organisation"));
  return {
    unit: (id: string) => nameOf(units.get(id), id),
    organisation: (id: string) => nameOf(organisations.get(id), id),
  };
}

/** Who may be asked, with what each of its nearest units would fill and when it would be there. */
function OfferRow({ offer, first, acts }: { offer: Offer; first: boolean; acts: Acts }) {
  const names = useNames();
  const fills = offer.lines.map(({ line, units }) => {
    const timed = units.map(({ unit_id, eta_s }) => t("desk.aid.unit", { unit: names.unit(unit_id), time: durationText(eta_s) }));
    return t("desk.aid.fills", { line: lineText(line), units: joined(timed) });
  });
  return (
    <li className={css["row"]}>
      <strong className={css["may"]}><T>{t("desk.aid.may_ask", { organisation: names.organisation(offer.organisation_id) })}</T></strong>
      <span className={css["what"]} title={fills.join(" · ")}><T>{fills.join(" · ")}</T></span>
      <button type="button" tabIndex={-1} className={css["ask"]} onClick={() => acts.aiding.ask(offer)}>
        {first && <kbd className={css["cap"]}>A</kbd>} {t("desk.aid.ask")}
      </button>
    </li>
  );
}

function Request({ request, advised }: { request: AidRequest; advised: readonly string[] }) {
  const { change } = useDesk();
  const names = useNames();
  const organisation = names.organisation(request.organisation_id);
  const open = (question: Ask) => () => change({ ask: question });
  const waits = request.status === "asked";
  return (
    <li className={`${css["row"]} ${css[request.status] ?? ""}`}>
      <span className={css["what"]}><T>{sentence(request, organisation, names.unit)}</T></span>
      {waits && <Act act={open({ kind: "promise", request, unit_ids: advised })}>{t("desk.aid.promise")}</Act>}
      {waits && <Act act={open({ kind: "decline", request })}>{t("desk.aid.decline")}</Act>}
      {isOpenAid(request) && <Act act={open({ kind: "withdraw", request })}>{t("desk.aid.withdraw")}</Act>}
    </li>
  );
}

function Act({ act, children }: { act: () => void; children: ReactNode }) {
  return <button type="button" tabIndex={-1} className={css["act"]} onClick={act}>{children}</button>;
}

function sentence(request: AidRequest, organisation: string, unit: (id: string) => string): string {
  if (request.status === "declined") return t("desk.aid.declined", { organisation, reason: request.reason });
  if (request.status === "promised") return t("desk.aid.promised", { organisation, what: joined(request.promised.map((each) => promised(each, request, unit))) });
  const what = request.unit_ids.length > 0 ? joined(request.unit_ids.map(unit)) : request.text;
  return t("desk.aid.asked", { organisation, what, at: shortClockText(request.asked_at) });
}

function promised({ unit_id, ready_at }: AidRequest["promised"][number], request: AidRequest, unit: (id: string) => string): string {
  const minutes = Math.round((ms(ready_at) - ms(request.answered_at ?? ready_at)) / 60_000);
  return minutes > 0 ? t("desk.aid.ready_in", { unit: unit(unit_id), n: minutes }) : unit(unit_id);
}
