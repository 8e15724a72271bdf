// Frames dropped, doubled and reordered at random, lines cut: the picture ends as the server's, or is asked for anew.
import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Envelope } from "./contracts";
import { Live, type Edges, type Socket } from "./live";
import { all } from "./picture";

const TRIALS = Number(process.env["MUSTER_TRIALS"] ?? "200");
const SEED = Number(process.env["MUSTER_SEED"] ?? "1");
const REPORT = process.env["MUSTER_REPORT"];
const EVENTS = 40;
const THINGS = 6;

/** A seeded source of chance (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Line implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  open = true;
  queue: string[] = [];
  private readonly hub: Hub;
  constructor(hub: Hub) {
    this.hub = hub;
  }
  send(text: string): void {
    this.hub.greet(this, (JSON.parse(text) as { cursor?: string }).cursor);
  }
  close(): void {
    this.open = false;
  }
}

/** A server of one stream, whose lines lose, double and reorder frames as long as it is told to. */
class Hub implements Edges {
  meddles = true;
  private time = 0;
  private readonly events: Envelope[] = [];
  private readonly versions = new Map<string, number>();
  private timers: { at: number; run: () => void }[] = [];
  private lines: Line[] = [];
  readonly random: () => number;
  constructor(random: () => number) {
    this.random = random;
  }
  now = () => this.time;
  later = (run: () => void, after: number) => {
    const timer = { at: this.time + after, run };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((each) => each !== timer));
  };
  ticket = () => Promise.resolve("t");
  final = () => false;
  open = () => {
    const line = new Line(this);
    this.lines.push(line);
    return line;
  };
  get current(): ReadonlyMap<string, number> {
    return this.versions;
  }
  greet(line: Line, cursor?: string): void {
    const after = cursor === undefined ? undefined : Number(cursor);
    line.queue.push(after === undefined ? this.snapshot() : this.range(after + 1, this.events.length));
  }
  happen(): void {
    const id = `i${Math.floor(this.random() * THINGS)}`;
    const version = (this.versions.get(id) ?? 0) + 1;
    this.versions.set(id, version);
    const seq = this.events.length + 1;
    this.events.push({ stream: "dispatch", seq, kind: "incident", id, version, value: { id, version } } as unknown as Envelope);
    for (const line of this.lines) if (line.open && line.onopen === null) line.queue.push(this.range(seq, seq));
  }
  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.timers.filter((each) => each.at <= this.time);
    this.timers = this.timers.filter((each) => each.at > this.time);
    for (const each of due) each.run();
    for (let i = 0; i < 4; i += 1) await Promise.resolve();
    for (const line of this.lines) this.serve(line);
    this.lines = this.lines.filter((line) => line.open);
  }
  private serve(line: Line): void {
    const opening = line.onopen;
    line.onopen = null;
    opening?.();
    const frames = this.meddles ? this.meddled(line.queue) : line.queue;
    line.queue = [];
    for (const data of frames) line.onmessage?.({ data });
    line.onmessage?.({ data: JSON.stringify({ type: "beat", now: "2025-11-21T06:00:00Z", rate: 1, degraded: [], ages_s: {} }) });
    if (this.meddles && this.random() < 0.03) {
      line.open = false;
      line.onclose?.();
    }
  }
  private meddled(frames: readonly string[]): string[] {
    const kept = frames.filter((frame) => frame.includes('"snapshot"') || this.random() > 0.08);
    const doubled = kept.flatMap((frame) => (this.random() < 0.1 ? [frame, frame] : [frame]));
    return doubled.map((frame) => ({ frame, at: this.random() < 0.2 ? this.random() : 0 })).sort((a, b) => a.at - b.at).map(({ frame }) => frame);
  }
  private snapshot(): string {
    const things = [...this.versions.keys()].map((id) => this.events.findLast((each) => each.id === id));
    const stands = { dispatch: this.events.length };
    return JSON.stringify({ type: "snapshot", cursor: String(this.events.length), stands, things, positions: [], now: "2025-11-21T06:00:00Z", rate: 1 });
  }
  private range(from_seq: number, to_seq: number): string {
    return JSON.stringify({ type: "events", stream: "dispatch", from_seq, to_seq, cursor: String(to_seq), events: this.events.slice(from_seq - 1, to_seq) });
  }
}

/** Whether a screen ends with the server's picture after so much meddling. */
async function survives(seed: number, make: (hub: Hub) => Live): Promise<boolean> {
  const hub = new Hub(chanceOf(seed));
  const live = make(hub);
  live.start();
  for (let nth = 0; nth < EVENTS; nth += 1) {
    if (hub.random() < 0.7) hub.happen();
    if (hub.random() < 0.4) hub.happen();
    await hub.pass(200);
  }
  hub.meddles = false;
  for (let nth = 0; nth < 60; nth += 1) {
    if (nth === 10) hub.happen();
    await hub.pass(250);
  }
  live.stop();
  const held = all(live.picture, "incident") as ReadonlyMap<string, { version: number }>;
  return [...hub.current].every(([id, version]) => held.get(id)?.version === version);
}

/** The planted bug: takes every frame as it comes. */
class Trusting extends Live {
  constructor(hub: Hub) {
    super("live", hub);
    Object.assign(this, { resync: () => undefined });
  }
}

async function lost(make: (hub: Hub) => Live): Promise<number> {
  let count = 0;
  for (let nth = 0; nth < TRIALS; nth += 1) if (!(await survives(SEED * 100_003 + nth, make))) count += 1;
  return count;
}

it("ends with the server's picture whatever the line did, and a screen that trusts its line is caught", async () => {
  const faults = await lost((hub) => new Live("live", hub));
  const caught = await lost((hub) => new Trusting(hub));
  if (REPORT !== undefined) appendFileSync(REPORT, JSON.stringify({ trials: TRIALS, faults, caught }));
  expect(faults).toBe(0);
  expect(caught).toBeGreaterThan(0);
}, 600_000);
