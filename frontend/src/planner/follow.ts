// Follows a siting to its end: asks, looks again while it grows, and waits where the net or the solver is away.
import { act, read, Refusal } from "../api";
import type { Siting, SitingForm } from "../contracts";

/** What is known of a siting now. `trouble` with `over` will not be tried again by itself. */
export interface Followed {
  readonly siting: Siting | null;
  readonly trouble: Refusal | null;
  readonly over: boolean;
}

export interface Edges {
  ask(form: SitingForm): Promise<Siting>;
  look(id: string): Promise<Siting>;
  wait(ms: number): Promise<void>;
}

const LOOK_EVERY_MS = 700;
const TRY_AGAIN_MS = 2_000;

export const browserEdges: Edges = {
  ask: (form) => act("POST", "/api/dispatch/sitings", form),
  look: (id) => read(`/api/dispatch/sitings/${id}`),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Whether the same request may be taken in a moment: no answer, busy, or something behind the door is away. */
export const passes = (refusal: Refusal): boolean => refusal.status === 0 || refusal.status === 429 || refusal.status >= 500;

/**
 * Tells what is known whenever that changes, until the siting is done or has failed, a refusal ends it, or `stopped`.
 * A siting that the service has forgotten (it was restarted) is asked for again: the question is what counts.
 */
export async function follow(form: SitingForm, edges: Edges, tell: (now: Followed) => void, stopped: () => boolean): Promise<void> {
  let siting: Siting | null = null;
  while (!stopped()) {
    try {
      siting = await (siting ? edges.look(siting.id) : edges.ask(form));
      if (stopped()) return;
      const over = siting.state !== "growing";
      tell({ siting, trouble: null, over });
      if (over) return;
      await edges.wait(LOOK_EVERY_MS);
    } catch (error) {
      if (stopped()) return;
      const refusal = error instanceof Refusal ? error : new Refusal(400, "unreadable", String(error));
      const forgotten = siting !== null && refusal.code === "siting_unknown";
      const over = !forgotten && !passes(refusal);
      tell({ siting, trouble: refusal, over });
      if (over) return;
      if (forgotten) siting = null;
      await edges.wait(TRY_AGAIN_MS);
    }
  }
}
