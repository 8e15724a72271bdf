// The live connection: one WebSocket, resumed by cursor, honest about its age. No framework in here.
import type { Frame, Position, SnapshotFrame, EventsFrame, BeatFrame } from "./contracts";
import { applyAll, EMPTY_PICTURE, type Picture } from "./picture";

/** live: a beat within 1.5 s. lagging: within 5 s. stale: longer, or the socket is gone. */
export type Freshness = "connecting" | "live" | "lagging" | "stale";

export interface Health {
  readonly freshness: Freshness;
  /** Seconds of real time since the last beat; Infinity before the first. */
  readonly beat_age_s: number;
  /** Seconds of real time since anything arrived. */
  readonly frame_age_s: number;
  /** Realm time of the last beat, in ms since 1970. */
  readonly picture_at: number | null;
  readonly degraded: readonly string[];
  readonly ages_s: Readonly<Record<string, number>>;
  /** Set where the server refused the connection and trying again is of no use. */
  readonly refused: unknown;
}

/** The part of a WebSocket that is used, so that a test can stand in for it. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

/** Everything outside: time in ms, timers, randomness, tickets and sockets. */
export interface Edges {
  now(): number;
  random(): number;
  later(run: () => void, after_ms: number): () => void;
  ticket(): Promise<string>;
  open(ticket: string): Socket;
  /** Whether an error from `ticket` means that asking again is of no use (signed out). */
  final(error: unknown): boolean;
}

const LAGGING_AFTER_S = 1.5;
const STALE_AFTER_S = 5;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5000;
const LOOK_EVERY_MS = 250;

export class Live {
  picture: Picture = EMPTY_PICTURE;
  readonly positions = new Map<string, Position>();
  rate = 1;
  /** Times a gap or a lost cursor made the whole picture be fetched again. */
  resyncs = 0;

  private readonly listeners = new Set<() => void>();
  private readonly positionListeners = new Set<(positions: readonly Position[]) => void>();
  private socket: Socket | null = null;
  private cancelTimer: (() => void) | null = null;
  private cancelLook: (() => void) | null = null;
  private cursor: string | null = null;
  private readonly seen = new Map<string, number>();
  private attempts = 0;
  private running = false;
  private isOpen = false;
  private attachedAt = -Infinity;
  private beatAt = -Infinity;
  private frameAt = -Infinity;
  private realmAtBeat: number | null = null;
  private degraded: readonly string[] = [];
  private ages_s: Readonly<Record<string, number>> = {};
  private refused: unknown = null;
  private lastFreshness: Freshness = "connecting";
  private readonly realm: string;
  private readonly edges: Edges;

  constructor(realm: string, edges: Edges) {
    this.realm = realm;
    this.edges = edges;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.refused = null;
    this.look();
    void this.connect();
  }

  stop(): void {
    this.running = false;
    this.cancelTimer?.();
    this.cancelLook?.();
    this.drop();
  }

  /** Called after the picture, the clock or the freshness changed; not for positions. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Called with the positions of each frame. */
  onPositions(listener: (positions: readonly Position[]) => void): () => void {
    this.positionListeners.add(listener);
    return () => this.positionListeners.delete(listener);
  }

  /** Realm time in ms since 1970, running on between beats and through an outage; null before the first frame. */
  now(): number | null {
    if (this.realmAtBeat === null) return null;
    return this.realmAtBeat + (this.edges.now() - this.beatAt) * this.rate;
  }

  health(): Health {
    const beat_age_s = (this.edges.now() - this.beatAt) / 1000;
    const frame_age_s = (this.edges.now() - this.frameAt) / 1000;
    return {
      freshness: this.freshness(beat_age_s),
      beat_age_s,
      frame_age_s,
      picture_at: this.realmAtBeat,
      degraded: this.degraded,
      ages_s: this.ages_s,
      refused: this.refused,
    };
  }

  private freshness(beat_age_s: number): Freshness {
    if (this.realmAtBeat === null) return "connecting";
    if (beat_age_s <= LAGGING_AFTER_S) return this.isOpen ? "live" : "lagging";
    return beat_age_s <= STALE_AFTER_S && this.isOpen ? "lagging" : "stale";
  }

  private async connect(): Promise<void> {
    try {
      const ticket = await this.edges.ticket();
      if (this.isRunning()) this.attach(this.edges.open(ticket));
    } catch (error) {
      if (this.edges.final(error)) {
        this.refused = error;
        this.tell();
      } else this.retry();
    }
  }

  private attach(socket: Socket): void {
    this.socket = socket;
    this.attachedAt = this.edges.now();
    socket.onopen = () => {
      this.isOpen = true;
      socket.send(JSON.stringify({ type: "hello", realm: this.realm, ...(this.cursor ? { cursor: this.cursor } : {}) }));
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(JSON.parse(event.data) as Frame);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  // TypeScript narrows a field across an await; asking through a method keeps the question open.
  private isRunning(): boolean {
    return this.running;
  }

  private lost(): void {
    this.socket = null;
    this.isOpen = false;
    this.tell();
    this.retry();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.isOpen = false;
    socket?.close();
  }

  private retry(): void {
    if (!this.running) return;
    this.cancelTimer?.();
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts);
    this.attempts += 1;
    this.cancelTimer = this.edges.later(() => void this.connect(), ceiling * (0.5 + this.edges.random() / 2));
  }

  private receive(frame: Frame): void {
    this.frameAt = this.edges.now();
    switch (frame.type) {
      case "snapshot":
        return this.replace(frame);
      case "events":
        return this.follow(frame);
      case "positions":
        return this.move(frame.positions);
      case "beat":
        return this.beat(frame);
    }
  }

  private replace(frame: SnapshotFrame): void {
    this.picture = applyAll(EMPTY_PICTURE, frame.things);
    this.positions.clear();
    this.seen.clear();
    for (const [stream, seq] of Object.entries(frame.stands)) this.seen.set(stream, seq);
    this.cursor = frame.cursor;
    this.attempts = 0;
    this.setClock(frame.now, frame.rate);
    this.move(frame.positions);
    this.tell();
  }

  private follow(frame: EventsFrame): void {
    const last = this.seen.get(frame.stream);
    // Beyond 2^53 neighbouring numbers are equal here, and a hole cannot be told from none; the server still can.
    const told = Number.isSafeInteger(frame.from_seq);
    if (told && last !== undefined && frame.from_seq > last + 1) return this.resync();
    this.seen.set(frame.stream, Math.max(last ?? 0, frame.to_seq));
    this.cursor = frame.cursor;
    const before = this.picture;
    this.picture = applyAll(before, frame.events);
    if (this.picture !== before) this.tell();
  }

  /** Something is missing between two frames: the picture cannot be trusted, ask for a whole one. */
  private resync(): void {
    this.resyncs += 1;
    this.cursor = null;
    this.seen.clear();
    this.drop();
    this.retry();
  }

  private move(positions: readonly Position[]): void {
    for (const position of positions) this.positions.set(position.unit_id, position);
    for (const listener of this.positionListeners) listener(positions);
  }

  private beat(frame: BeatFrame): void {
    this.attempts = 0;
    this.degraded = frame.degraded;
    this.ages_s = frame.ages_s;
    this.setClock(frame.now, frame.rate);
    this.tell();
  }

  private setClock(now: string, rate: number): void {
    this.beatAt = this.edges.now();
    this.realmAtBeat = Date.parse(now);
    this.rate = rate;
  }

  /** Looks at the clock, tells when the freshness changes, and gives up a socket that has gone silent. */
  private look(): void {
    if (!this.running) return;
    this.cancelLook = this.edges.later(() => this.look(), LOOK_EVERY_MS);
    if (this.health().freshness !== this.lastFreshness) this.tell();
    const quiet_s = (this.edges.now() - Math.max(this.attachedAt, this.frameAt)) / 1000;
    if (this.socket !== null && quiet_s > STALE_AFTER_S) {
      this.drop();
      this.retry();
    }
  }

  private tell(): void {
    this.lastFreshness = this.health().freshness;
    for (const listener of this.listeners) listener();
  }
}
