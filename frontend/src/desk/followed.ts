// A question asked again whenever what it rests on changes: never two at once, never by the clock.
import { useEffect, useState } from "react";
import { Refusal } from "../api";

/** The last answer or refusal; `of` is what it rests on. */
export interface Followed<T> {
  readonly of: string | null;
  readonly answer: T | null;
  readonly refused: Refusal | null;
}

const NOTHING = { of: null, answer: null, refused: null } as const;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

/** Whether time may mend a refusal: nobody answered, or the service is not ready. */
const mayPass = ({ status }: Refusal): boolean => status === 0 || status >= 500;

/** Asks for the newest key some time after it came; after a refusal that may pass it asks again, ever more slowly. */
export class Follower<T> {
  private readonly ask: () => Promise<T>;
  private readonly tell: (found: Followed<T>) => void;
  private readonly settle_ms: number;
  private readonly patient: boolean;
  private givenUp = false;
  private key: string | null = null;
  private busy = false;
  private settling = false;
  private pause_ms = FIRST_PAUSE_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** One that is not patient gives up at a refusal that may pass, until there is nothing to follow any more. */
  constructor(ask: () => Promise<T>, tell: (found: Followed<T>) => void, settle_ms: number, patient = true) {
    this.patient = patient;
    this.ask = ask;
    this.tell = tell;
    this.settle_ms = settle_ms;
  }

  /** What the answer should rest on from now on; null asks nothing. */
  follow(key: string | null): void {
    if (key === this.key) return;
    this.key = key;
    this.pause_ms = FIRST_PAUSE_MS;
    if (key === null) this.givenUp = false;
    if (key === null || this.givenUp) this.cancel();
    else if (!this.busy && !this.settling) this.settle();
  }

  private settle(): void {
    this.later(this.settle_ms);
    this.settling = true;
  }

  private later(after_ms: number): void {
    this.cancel();
    this.timer = setTimeout(() => void this.run(), after_ms);
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.settling = false;
  }

  private async run(): Promise<void> {
    const of = this.wanted();
    this.settling = false;
    if (of === null) return;
    this.busy = true;
    const found = await this.found(of).finally(() => {
      this.busy = false;
    });
    const wanted = this.wanted();
    if (wanted === null) return;
    this.tell(found);
    const mayBe = found.refused !== null && mayPass(found.refused);
    this.givenUp = mayBe && !this.patient;
    if (this.givenUp) return;
    if (wanted !== of) this.settle();
    else if (mayBe) this.again();
  }

  // TypeScript narrows a field across an await; asking through a method keeps the question open.
  private wanted(): string | null {
    return this.key;
  }

  private async found(of: string): Promise<Followed<T>> {
    try {
      return { of, answer: await this.ask(), refused: null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { of, answer: null, refused: error };
    }
  }

  private again(): void {
    this.later(this.pause_ms);
    this.pause_ms = Math.min(LONGEST_PAUSE_MS, this.pause_ms * 2);
  }
}

/** The answer that follows a key; nothing while the key is null. `ask` must stay the same function. */
export function useFollowed<T>(key: string | null, ask: () => Promise<T>, settle_ms = 0, patient = true): Followed<T> {
  const [held, hold] = useState<Followed<T>>(NOTHING);
  const [follower] = useState(() => new Follower<T>(ask, hold, settle_ms, patient));
  useEffect(() => follower.follow(key), [follower, key]);
  useEffect(() => () => follower.follow(null), [follower]);
  return key === null ? NOTHING : held;
}
