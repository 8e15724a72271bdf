// The planners' screen (规划): coverage, siting, reach of special teams and the dispatch policy, one part at a time.
import { useEffect, useLayoutEffect } from "react";
import { Redirect, useLocation } from "wouter";
import type { Session } from "../api";
import { Guard } from "../parts/Guard";
import { useTenPixelRem } from "../parts/size";
import { useSession } from "../session";
import { LiveProvider } from "../store";
import { applyTheme } from "../theme";
import { learn, t } from "../words";
import { plannerWords } from "../words/planner";
import { policyWords } from "../words/policy";
import { reachWords } from "../words/reach";
import { sitingWords } from "../words/siting";
import { CoveragePart } from "./CoveragePart";
import { Header } from "./Header";
import { Nav, PARTS, type PartName } from "./Nav";
import css from "./PlannerScreen.module.css";
import { PolicyPart } from "./PolicyPart";
import { ReachPart } from "./ReachPart";
import { may } from "./rights";
import { SitingPart } from "./SitingPart";
import { useCity } from "./useCity";
import { usePolicy } from "./usePolicy";
import { useSiting } from "./useSiting";

learn(plannerWords, sitingWords, reachWords, policyWords);

export default function PlannerScreen({ part }: { part?: string | undefined }) {
  const seated = useSession();
  useLayoutEffect(() => applyTheme("light"), []);
  const shown = PARTS.find((name) => name === part) ?? "coverage";
  if (seated.state === "nobody") return <Redirect to={`/login?next=/planner/${shown}`} />;
  if (seated.state !== "seated") return <p role="status">{t(seated.state === "away" ? "refusal.unreachable" : "app.loading")}</p>;
  return (
    <LiveProvider>
      <Planner session={seated.session} shown={shown} />
    </LiveProvider>
  );
}

function Planner({ session, shown }: { session: Session; shown: PartName }) {
  const city = useCity();
  const siting = useSiting();
  const policy = usePolicy();
  useTenPixelRem();
  usePartKeys();
  return (
    <div className={css["planner"]}>
      <Header session={session} />
      <Nav shown={shown} session={session} city={city} siting={siting} policy={policy} />
      <main className={css["main"]}>
        <Guard key={shown}>
          {shown === "coverage" && <CoveragePart city={city} />}
          {shown === "siting" && <SitingPart city={city} siting={siting} mayAsk={may("siting.ask", session.roles)} />}
          {shown === "reach" && <ReachPart city={city} />}
          {shown === "policy" && <PolicyPart policy={policy} mayKeep={may("policy.keep", session.roles)} />}
        </Guard>
      </main>
    </div>
  );
}

/** Alt with a digit opens the part of that number. */
function usePartKeys(): void {
  const [, go] = useLocation();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const part = event.altKey && !event.ctrlKey ? PARTS[Number(event.code.replace("Digit", "")) - 1] : undefined;
      if (part === undefined) return;
      event.preventDefault();
      go(`/planner/${part}`);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [go]);
}
