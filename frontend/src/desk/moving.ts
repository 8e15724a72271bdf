// Ordering move-ups and calling them back. A press while one is on its way, or right after it, is the same press.
import { newKey, Refusal } from "../api";
import { get } from "../picture";
import { shortStation, t } from "../words";
import type { Live } from "../live";
import type { Acts } from "./acts";
import * as answers from "./answers";
import type { Orderable } from "./cover";
import { undecided } from "./outbox";
import type { Change, MoveAsk } from "./state";

/** No hand means another move so soon; the list below the finger has changed meanwhile. */
const SAME_PRESS_MS = 2000;

export class Moving {
  private readonly acts: Acts;
  private readonly live: Live;
  private readonly change: (change: Change) => void;
  private pressed_at = -Infinity;
  /** The key of a move that nobody has decided about: sent again, it is the same act. */
  private undecided: { readonly signature: string; readonly key: string } | null = null;

  constructor(acts: Acts, live: Live, change: (change: Change) => void) {
    this.acts = acts;
    this.live = live;
    this.change = change;
  }

  private station = (id: string): string => shortStation(get(this.live.picture, "station", id));

  /** Orders a move; one that breaks a rule asks for its reason first. */
  begin = ({ unit_id, to_station_id, breaks }: Orderable): void => {
    const question: MoveAsk = { kind: "move_up", unit_id, to_station_id, breaks };
    if (breaks.length > 0) return this.change({ ask: question });
    if (performance.now() - this.pressed_at < SAME_PRESS_MS) return;
    this.pressed_at = performance.now();
    void this.acts.answer(question, "");
  };

  /** Does what was asked about, and says it. */
  perform = async (question: MoveAsk, reason: string): Promise<string> => {
    if (question.kind === "recall") {
      const { id, unit_id } = question.order;
      const { status } = await answers.recallMoveUp(id, reason);
      return t(status === "returning" ? "desk.done.recalled" : "desk.done.recalled_home", { unit: this.acts.unit(unit_id) });
    }
    const { unit_id, to_station_id } = question;
    await this.order({ unit_id, to_station_id, reason }).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === "move_up_reason") this.change({ ask: { ...question, breaks: broken(error) } });
      throw error;
    });
    this.change({ trial: null });
    return t("desk.done.move_up", { unit: this.acts.unit(unit_id), station: this.station(to_station_id) });
  };

  private async order(form: { readonly unit_id: string; readonly to_station_id: string; readonly reason: string }): Promise<void> {
    const signature = JSON.stringify(form);
    const key = this.undecided?.signature === signature ? this.undecided.key : newKey();
    this.undecided = null;
    await answers.orderMoveUp(form, key).catch((error: unknown) => {
      if (undecided(error)) this.undecided = { signature, key };
      throw error;
    });
  }
}

const broken = ({ extra }: Refusal): readonly string[] => (Array.isArray(extra["breaks"]) ? extra["breaks"].map(String) : []);
