// The connection against a socket that does whatever a test asks, on a clock that a test moves.
import { beforeEach, describe, expect, it } from "vitest";
import type { Envelope, Frame } from "./contracts";
import { Live, type Edges, type Socket } from "./live";
import { all } from "./picture";

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: string[] = [];
  closed = false;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
  says(frame: Partial<Frame>): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

class World implements Edges {
  time = 0;
  sockets: FakeSocket[] = [];
  ticketError: Error | null = null;
  private timers: { at: number; run: () => void }[] = [];
  now = () => this.time;
  random = () => 0.5;
  later = (run: () => void, after: number) => {
    const timer = { at: this.time + after, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((t) => t !== timer);
    };
  };
  ticket = () => (this.ticketError ? Promise.reject(this.ticketError) : Promise.resolve(`t${this.sockets.length}`));
  open = () => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  };
  final = (error: unknown) => error instanceof Error && error.message === "signed out";
  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket yet");
    return last;
  }
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const next = this.timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.time = Math.max(this.time, next.at);
      this.timers = this.timers.filter((t) => t !== next);
      next.run();
      await settle();
    }
    this.time = until;
  }
}

const settle = async () => {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
};
const thing = (seq: number, id: string, version = 1): Envelope =>
  ({ stream: "dispatch", seq, kind: "incident", id, version, realm: "live", value: { id, version } }) as unknown as Envelope;
const snapshot = (cursor: string, things: readonly Envelope[]): Partial<Frame> => ({
  type: "snapshot", cursor, things, positions: [], now: "2025-11-21T06:00:00Z", rate: 1,
  stands: { dispatch: things.reduce((last, { seq }) => Math.max(last, seq), 0) },
});
const events = (from_seq: number, to_seq: number, cursor: string, list: readonly Envelope[]): Partial<Frame> => ({
  type: "events", stream: "dispatch", from_seq, to_seq, cursor, events: list,
});
const beat = (now: string, rate = 1): Partial<Frame> => ({ type: "beat", now, rate, degraded: [], ages_s: {} });

let world: World;
let live: Live;

beforeEach(async () => {
  world = new World();
  live = new Live("live", world);
  live.start();
  await settle();
});

const opened = () => {
  world.socket.onopen?.();
  world.socket.says(snapshot("c0", [thing(1, "i1")]));
};
const ids = () => [...all(live.picture, "incident").keys()];

describe("a connection", () => {
  it("says which realm it wants, takes the snapshot, follows events", () => {
    opened();
    expect(JSON.parse(world.socket.sent[0] ?? "")).toEqual({ type: "hello", realm: "live" });
    world.socket.says(events(2, 2, "c2", [thing(2, "i2")]));
    expect(ids()).toEqual(["i1", "i2"]);
    expect(live.health().freshness).toBe("live");
  });

  it("sees no hole where its numbers are too coarse to show one", () => {
    world.socket.onopen?.();
    const first = 2 ** 53 - 2;
    world.socket.says(snapshot("c0", [thing(first, "i0")]));
    const seqs = ["9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994", "9007199254740995"];
    seqs.map(Number).forEach((seq, at) => world.socket.says(events(seq, seq, `c${at + 1}`, [thing(seq, `i${at + 1}`)])));
    expect(live.resyncs).toBe(0);
    expect(ids()).toHaveLength(6);
  });

  it("resumes with its cursor after the socket closes, without losing the picture", async () => {
    opened();
    world.socket.says(events(2, 2, "c2", [thing(2, "i2")]));
    world.socket.onclose?.();
    await world.pass(1000);
    expect(world.sockets).toHaveLength(2);
    world.socket.onopen?.();
    expect(JSON.parse(world.socket.sent[0] ?? "")).toEqual({ type: "hello", realm: "live", cursor: "c2" });
    world.socket.says(events(3, 3, "c3", [thing(3, "i3")]));
    expect(ids()).toEqual(["i1", "i2", "i3"]);
    expect(live.resyncs).toBe(0);
  });

  it("takes a covered range without visible events as progress, not as a gap", () => {
    opened();
    world.socket.says(events(2, 9, "c9", []));
    world.socket.says(events(10, 10, "c10", [thing(10, "i2")]));
    expect(ids()).toEqual(["i1", "i2"]);
    expect(live.resyncs).toBe(0);
  });

  it("asks for a whole picture when a range is missing, and applies nothing of the torn frame", async () => {
    opened();
    world.socket.says(events(2, 2, "c2", []));
    const torn = world.socket;
    torn.says(events(4, 4, "c4", [thing(4, "i4")]));
    expect(ids()).toEqual(["i1"]);
    expect(torn.closed).toBe(true);
    await world.pass(1000);
    world.socket.onopen?.();
    expect(JSON.parse(world.socket.sent[0] ?? "")).toEqual({ type: "hello", realm: "live" });
    world.socket.says(snapshot("c9", [thing(1, "i1"), thing(3, "i3"), thing(4, "i4")]));
    expect(ids()).toEqual(["i1", "i3", "i4"]);
    expect(live.resyncs).toBe(1);
  });

  it("notices a range that is missing right after the snapshot", () => {
    opened();
    world.socket.says(events(3, 3, "c3", [thing(3, "i3")]));
    expect(ids()).toEqual(["i1"]);
    expect(live.resyncs).toBe(1);
  });

  it("does not listen to a socket it has given up", async () => {
    opened();
    const old = world.socket;
    old.onclose?.();
    await world.pass(1000);
    old.says(events(2, 2, "c2", [thing(2, "ghost")]));
    expect(ids()).toEqual(["i1"]);
  });
});

describe("freshness", () => {
  it("goes from live over lagging to stale while nothing arrives, and back with a beat", async () => {
    opened();
    await world.pass(1000);
    expect(live.health().freshness).toBe("live");
    await world.pass(1000);
    expect(live.health().freshness).toBe("lagging");
    await world.pass(3200);
    expect(live.health().freshness).toBe("stale");
    await world.pass(1000);
    expect(world.sockets.length).toBeGreaterThan(1);
    world.socket.onopen?.();
    world.socket.says(beat("2025-11-21T06:00:07Z"));
    expect(live.health().freshness).toBe("live");
  });

  it("is stale soon after the socket is gone", async () => {
    opened();
    world.socket.onclose?.();
    await world.pass(1600);
    expect(live.health().freshness).toBe("stale");
  });

  it("gives up a socket that opens and then says nothing", async () => {
    world.socket.onopen?.();
    await world.pass(7000);
    expect(world.sockets.length).toBeGreaterThan(1);
  });

  it("tells its listeners when it goes stale, although no frame arrives", async () => {
    opened();
    let told = 0;
    live.subscribe(() => (told += 1));
    await world.pass(6000);
    expect(told).toBeGreaterThanOrEqual(2);
  });
});

describe("the clock", () => {
  it("runs at the realm's rate between beats and goes on while stale", async () => {
    opened();
    world.socket.says(beat("2025-11-21T06:00:00Z", 6));
    await world.pass(10_000);
    expect(live.health().freshness).toBe("stale");
    expect(new Date(live.now() ?? 0).toISOString()).toBe("2025-11-21T06:01:00.000Z");
  });
});

describe("trying again", () => {
  it("waits longer each time, up to five seconds", async () => {
    opened();
    const moments: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      const before = world.sockets.length;
      world.socket.onclose?.();
      const start = world.time;
      while (world.sockets.length === before) await world.pass(50);
      moments.push(world.time - start);
    }
    expect(moments[0]).toBeLessThanOrEqual(300);
    expect(moments[3]).toBeGreaterThan(moments[0] ?? 0);
    expect(Math.max(...moments)).toBeLessThanOrEqual(5050);
  });

  it("stops where the session has ended, and says so", async () => {
    opened();
    world.ticketError = new Error("signed out");
    world.socket.onclose?.();
    await world.pass(20_000);
    expect(world.sockets).toHaveLength(1);
    expect(live.health().refused).toBe(world.ticketError);
  });
});
