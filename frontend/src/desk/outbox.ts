// What was typed and the net has not taken yet: sent again with the same key until somebody has decided about it.
import { Refusal } from "../api";

const PAUSE_MS = 3000;

/** Whether nobody has decided: net or service were away, and the act may or may not have taken effect. */
export function undecided(error: unknown): error is Refusal {
  return error instanceof Refusal && [0, 502, 503, 504].includes(error.status);
}

export class Outbox {
  private readonly tell: (unsent: number) => void;
  private readonly pause: () => Promise<void>;
  private unsent = 0;

  /** `tell` hears how many acts wait for the net. */
  constructor(tell: (unsent: number) => void, pause = () => new Promise<void>((done) => setTimeout(done, PAUSE_MS))) {
    this.tell = tell;
    this.pause = pause;
  }

  /** Sends until it is answered. `send` must carry the same key and body every time. Throws the refusal of who decided. */
  async insist<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (!undecided(error)) throw error;
    }
    this.count(1);
    try {
      return await this.again(send);
    } finally {
      this.count(-1);
    }
  }

  private async again<T>(send: () => Promise<T>): Promise<T> {
    await this.pause();
    return send().catch((error: unknown) => {
      if (!undecided(error)) throw error;
      return this.again(send);
    });
  }

  private count(by: number): void {
    this.unsent += by;
    this.tell(this.unsent);
  }
}
