// What a desk holds of its own: the selection, the form being filled, the edited order, the question being asked.
import { createContext, useContext, useMemo, useReducer, type ReactNode } from "react";
import type { AidRequest, AlarmLevel, Assignment, Incident, MoveTrial, MoveUpOrder, Recommendation, ReportOutcome } from "../contracts";
import type { LonLat } from "../geo";
import type { Choices } from "./choices";
import { EMPTY_DRAFT, type Draft, type Pending } from "./draft";
import { NO_EDIT, type Edit } from "./edit";
import type { Group } from "./keys";
import type { StepTo } from "./kinds";

/** An act about the forces of others: asked for, or their answer. */
export type AidAsk =
  | { readonly kind: "aid"; readonly incident: Incident; readonly organisation_id: string; readonly unit_ids: readonly string[] }
  | { readonly kind: "promise"; readonly request: AidRequest; readonly unit_ids: readonly string[] }
  | { readonly kind: "decline"; readonly request: AidRequest }
  | { readonly kind: "withdraw"; readonly request: AidRequest };

/** An act about a move-up: ordered against a rule, or called back. */
export type MoveAsk =
  | { readonly kind: "move_up"; readonly unit_id: string; readonly to_station_id: string; readonly breaks: readonly string[] }
  | { readonly kind: "recall"; readonly order: MoveUpOrder };

/** An act that needs a reason before it is done. */
export type Ask =
  | { readonly kind: "level"; readonly incident: Incident; readonly level: AlarmLevel }
  | { readonly kind: "release"; readonly assignment: Assignment }
  | { readonly kind: "divert"; readonly assignment: Assignment; readonly into: string }
  | { readonly kind: "outcome"; readonly reportId: string; readonly outcome: Extract<ReportOutcome, "transferred" | "false" | "no_action"> }
  | { readonly kind: "step"; readonly incident: Incident; readonly to: StepTo }
  | AidAsk
  | MoveAsk;

export interface Saying {
  readonly tone: "good" | "bad" | "plain";
  readonly text: string;
}

/** A unit of the displayed order that somebody else has taken. */
export interface Taken {
  readonly unit_id: string;
  readonly text: string;
}

/** A move that is being tried: what it would do, or why that is not known. */
export interface Trial {
  readonly answer: MoveTrial | null;
  readonly refused: string | null;
}
export const NO_TRIAL: Trial = { answer: null, refused: null };

export interface DeskState {
  /** The incident worked on; null while a new report is taken. */
  readonly selected: string | null;
  /** An incident just registered, until the picture holds it. */
  readonly fresh: Incident | null;
  /** The last answer to a question of ours, until the picture holds it. */
  readonly answer: Recommendation | null;
  readonly draft: Draft;
  /** Changes to open incidents that are not sent or not answered yet. */
  readonly pending: Pending;
  /** The plan chosen for an incident, by its name. */
  readonly plans: ReadonlyMap<string, string>;
  /** What was chosen at this desk about an incident: who must go, who stays. */
  readonly choices: ReadonlyMap<string, Choices>;
  /** Acts that the net has not taken yet. */
  readonly unsent: number;
  readonly group: Group;
  /** Unit under the cursor of the table. */
  readonly row: string | null;
  readonly drawer: string | null;
  readonly edit: Edit;
  /** The recommendation that is being edited or replaced; a newer one does not swap by itself. */
  readonly pinned: string | null;
  readonly ask: Ask | null;
  readonly settled: ReadonlySet<string>;
  readonly saying: Saying | null;
  readonly taken: Taken | null;
  readonly help: boolean;
  readonly trial: Trial | null;
  /** Corners of a closure being drawn. */
  readonly drawing: readonly LonLat[] | null;
  /** Since when a question to the solver is open, ms of performance.now(). */
  readonly solvingSince: number | null;
}

const FIRST: DeskState = {
  selected: null, fresh: null, answer: null, draft: EMPTY_DRAFT, pending: new Map(), plans: new Map(), choices: new Map(), unsent: 0, group: "none", row: null, drawer: null,
  edit: NO_EDIT, pinned: null, ask: null, settled: new Set(), saying: null, taken: null, help: false, trial: null, drawing: null,
  solvingSince: null,
};

/** Everything that belongs to one incident is dropped when another is selected. */
const OF_ONE_INCIDENT: Partial<DeskState> = {
  row: null, drawer: null, edit: NO_EDIT, pinned: null, ask: null, taken: null, solvingSince: null,
};

export type Change = Partial<DeskState> | ((state: DeskState) => Partial<DeskState>);

export function changed(state: DeskState, change: Change): DeskState {
  const part = typeof change === "function" ? change(state) : change;
  const moves = "selected" in part && part.selected !== state.selected;
  return { ...state, ...(moves ? OF_ONE_INCIDENT : {}), ...part };
}

interface Held {
  readonly state: DeskState;
  readonly change: (change: Change) => void;
}
const DeskContext = createContext<Held | null>(null);

export function DeskProvider({ children }: { children: ReactNode }) {
  const [state, change] = useReducer(changed, FIRST);
  const held = useMemo(() => ({ state, change }), [state]);
  return <DeskContext value={held}>{children}</DeskContext>;
}

export function useDesk(): Held {
  const held = useContext(DeskContext);
  if (!held) throw new Error("useDesk outside of DeskProvider");
  return held;
}
