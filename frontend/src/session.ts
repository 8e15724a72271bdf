// Who sits here: the session for a screen, and where each role works.
import { useEffect, useState } from "react";
import { Refusal, session, type Session } from "./api";

export type Seated =
  | { readonly state: "asking" }
  | { readonly state: "nobody" }
  | { readonly state: "away" }
  | { readonly state: "seated"; readonly session: Session };

const ASK_AGAIN_MS = 3000;

/** The session, asked again while the gateway is away; "nobody" where a person has to sign in. */
export function useSession(): Seated {
  const [seated, setSeated] = useState<Seated>({ state: "asking" });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      session().then(
        (found) => {
          if (!stopped) setSeated(found.roles.length > 0 ? { state: "seated", session: found } : { state: "nobody" });
        },
        (error: unknown) => {
          if (stopped) return;
          const out = error instanceof Refusal && error.status === 401;
          setSeated({ state: out ? "nobody" : "away" });
          if (!out) timer = setTimeout(ask, ASK_AGAIN_MS);
        },
      );
    };
    ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);
  return seated;
}

/** The page where a role works. */
export function homeOf(session: Pick<Session, "roles" | "station_id" | "unit_ids">): string {
  const roles = new Set(session.roles);
  if (roles.has("unit")) return `/unit/${session.unit_ids[0] ?? ""}`;
  if (roles.has("station")) return `/station/${session.station_id ?? ""}`;
  const desk = ["dispatcher", "commander", "incident_commander"].some((role) => roles.has(role));
  if (desk) return "/desk";
  return roles.has("plan_keeper") ? "/planner" : "/wall";
}
