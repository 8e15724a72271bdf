// The dispatcher's desk: one screen from the call to the closed incident, everything by keyboard.
import { useEffect, useLayoutEffect, useRef } from "react";
import { Redirect } from "wouter";
import type { Session } from "../api";
import { Guard } from "../parts/Guard";
import { useTenPixelRem } from "../parts/size";
import { LiveProvider, useNow } from "../store";
import { useSession } from "../session";
import { applyTheme } from "../theme";
import { learn, t } from "../words";
import { actWords } from "../words/acts";
import { aidWords } from "../words/aid";
import { coverWords } from "../words/cover";
import { deskWords } from "../words/desk";
import { logWords } from "../words/log";
import { planWords } from "../words/plan";
import { whyWords } from "../words/why";
import { useActs, type Acts } from "./acts";
import { Advice } from "./Advice";
import { AskBar } from "./AskBar";
import { silentUnits } from "./clocks";
import { CommandLine } from "./CommandLine";
import css from "./DeskScreen.module.css";
import { Log, Timeline } from "./Footer";
import { Header } from "./Header";
import { groupOf, jump, useKeyboard } from "./keyboard";
import { AllKeys, KeyStrip } from "./KeyStrip";
import { Queue, useQueue, useRepeat } from "./Queue";
import { ReportForm } from "./ReportForm";
import { canSend, useSelection, type Selection } from "./selection";
import { Side } from "./Side";
import { DeskProvider, useDesk } from "./state";
import { useCover } from "./useCover";
import { useForm } from "./useForm";

learn(deskWords, planWords, actWords, aidWords, whyWords, logWords, coverWords);

export default function DeskScreen() {
  const seated = useSession();
  useLayoutEffect(() => applyTheme("dark"), []);
  if (seated.state === "nobody") return <Redirect to="/login?next=/desk" />;
  if (seated.state !== "seated") return <p role="status">{t(seated.state === "away" ? "refusal.unreachable" : "app.loading")}</p>;
  return (
    <LiveProvider>
      <DeskProvider>
        <Desk session={seated.session} />
      </DeskProvider>
    </LiveProvider>
  );
}

function Desk({ session }: { session: Session }) {
  const { state, change } = useDesk();
  const selection = useSelection();
  const acts = useActs(selection);
  const form = useForm(acts, selection);
  const order = useQueue();
  const repeat = useRepeat();
  const cover = useCover();
  useKeyboard({ acts, form, selection, order, repeat, cover });
  useAdvice(acts, selection);
  useEffect(() => jump("place"), []);
  // A field that vanishes with its incident takes the focus away without saying so.
  useEffect(() => change({ group: groupOf(document.activeElement) }), [state.selected, change]);
  useStay(state.unsent > 0);
  useTenPixelRem();
  return (
    <div className={css["desk"]} onFocus={(event) => change({ group: groupOf(event.target) })} onBlur={() => change({ group: "none" })}>
      <Header session={session} selection={selection} />
      <Guard><Queue acts={acts} order={order} /></Guard>
      <main className={css["main"]}>
        <Guard><ReportForm key={selection.incident?.id ?? "new"} form={form} acts={acts} selection={selection} /></Guard>
        <Guard><Advice acts={acts} selection={selection} /></Guard>
      </main>
      <Side acts={acts} selection={selection} cover={cover} />
      <div className={css["footer"]}>
        <Timeline selection={selection} />
        <Log selection={selection} />
        <CommandLine acts={acts} selection={selection} />
      </div>
      {state.ask && <AskBar question={state.ask} acts={acts} selection={selection} />}
      <KeyStrip selection={selection} repeat={repeat} cover={cover} />
      {state.help && <AllKeys />}
    </div>
  );
}

/** Keeps the page from being closed by mistake while something typed has not been taken. */
function useStay(unsent: boolean): void {
  useEffect(() => {
    if (!unsent) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsent]);
}

/**
 * Asks for advice when the facts of the selected incident are not those of the last answer, and again when a unit falls
 * silent or answers after all: its stand-in must not stay on offer. An answer that fails is not asked again by itself.
 */
function useAdvice(acts: Acts, { incident, assignments, current }: Selection): void {
  const asked = useRef("");
  const now = useNow(5000) ?? 0;
  const silent = silentUnits(assignments, now).map((a) => a.id).join();
  const facts = canSend(incident) && incident ? `${incident.id} ${incident.version} ` : "";
  const incidentId = incident?.id;
  useEffect(() => {
    const known = current && silent === "" && !asked.current.startsWith(facts);
    if (facts === "" || incidentId === undefined || known || asked.current === facts + silent) return;
    asked.current = facts + silent;
    void acts.recommend(incidentId);
  }, [facts, silent, current, incidentId, acts]);
}
