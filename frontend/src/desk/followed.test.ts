// A question follows its key: one at a time, the newest last, again after a refusal that may pass, never otherwise.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "../api";
import { Follower, type Followed } from "./followed";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A follower whose answers are given by hand. */
function followed(patient = true) {
  const open: { readonly give: (answer: string) => void; readonly refuse: (status: number) => void }[] = [];
  const told: Followed<string>[] = [];
  const ask = () =>
    new Promise<string>((give, fail) => void open.push({ give, refuse: (status) => fail(new Refusal(status, "solver_away", "")) }));
  return { open, told, follower: new Follower<string>(ask, (found) => void told.push(found), 200, patient) };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a followed question", () => {
  it("is asked once for a burst of keys, and not again while nothing changes", async () => {
    const { open, told, follower } = followed();
    follower.follow("v1");
    await pass(100);
    follower.follow("v2");
    await pass(100);
    expect(open).toHaveLength(1);
    open[0]?.give("two");
    await pass(600_000);
    expect(open).toHaveLength(1);
    expect(told).toEqual([{ of: "v2", answer: "two", refused: null }]);
  });
  it("is asked again after the answer where the key has moved on meanwhile, never twice at once", async () => {
    const { open, told, follower } = followed();
    follower.follow("v1");
    await pass(200);
    follower.follow("v2");
    await pass(5000);
    expect(open).toHaveLength(1);
    open[0]?.give("one");
    await pass(200);
    open[1]?.give("two");
    await pass(0);
    expect(told.map(({ of, answer }) => [of, answer])).toEqual([["v1", "one"], ["v2", "two"]]);
  });
  it("is asked again, ever more slowly, while nobody is ready to answer", async () => {
    const { open, told, follower } = followed();
    follower.follow("v1");
    await pass(200);
    for (const [nth, pause] of [2000, 4000, 8000].entries()) {
      open[nth]?.refuse(503);
      await pass(pause - 1);
      expect(open).toHaveLength(nth + 1);
      await pass(1);
    }
    open[3]?.give("at last");
    await pass(600_000);
    expect(open).toHaveLength(4);
    expect(told.at(-1)).toEqual({ of: "v1", answer: "at last", refused: null });
  });
  it("is given up at once by one that is not patient, until there is nothing to follow any more", async () => {
    const { open, follower } = followed(false);
    follower.follow("v1");
    await pass(200);
    open[0]?.refuse(503);
    await pass(600_000);
    follower.follow("v2");
    await pass(600_000);
    expect(open).toHaveLength(1);
    follower.follow(null);
    follower.follow("v3");
    await pass(200);
    expect(open).toHaveLength(2);
  });
  it("is given up where the refusal is final, and when there is nothing to follow", async () => {
    const { open, told, follower } = followed();
    follower.follow("v1");
    await pass(200);
    open[0]?.refuse(403);
    await pass(600_000);
    expect([open.length, told[0]?.refused?.status]).toEqual([1, 403]);
    follower.follow("v2");
    await pass(200);
    follower.follow(null);
    open[1]?.give("late");
    await pass(600_000);
    expect([open.length, told.length]).toEqual([2, 1]);
  });
});
