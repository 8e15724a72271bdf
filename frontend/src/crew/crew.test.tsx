// A tap that got lost is offered again with the same key; orders of a station; how far it still is.
import { act as settle, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "../api";
import type { Assignment, Incident, Route } from "../contracts";
import { metresLeft, NEXT, phaseOf, stationOrders, takenBack, turnouts } from "./orders";
import { TapNote } from "./TapNote";
import { mayTryAgain, useTap } from "./tap";

afterEach(cleanup);

function Page({ send }: { send: (key: string) => Promise<unknown> }) {
  const tap = useTap();
  return (
    <>
      <button type="button" onClick={() => tap.tap("签收", send)}>tap</button>
      <TapNote tap={tap} />
    </>
  );
}

const press = (text: string) =>
  settle(async () => {
    fireEvent.click(screen.getByText(text));
    await Promise.resolve();
  });

describe("a tap", () => {
  it("keeps its key when it is sent again, so that it takes effect once", async () => {
    const keys: string[] = [];
    const send = vi.fn((key: string) => {
      keys.push(key);
      return keys.length === 1 ? Promise.reject(new Refusal(0, "unreachable", "")) : Promise.resolve();
    });
    render(<Page send={send} />);
    await press("tap");
    expect(screen.getByRole("alert").textContent).toContain("没有送到：签收");
    await press("再试一次");
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("has another key for another act", async () => {
    const keys: string[] = [];
    render(<Page send={(key) => { keys.push(key); return Promise.resolve(); }} />);
    await press("tap");
    await press("tap");
    expect(new Set(keys).size).toBe(2);
  });

  it("that is refused is said and not offered again", async () => {
    render(<Page send={() => Promise.reject(new Refusal(409, "illegal_step", "not now"))} />);
    await press("tap");
    expect(screen.getByRole("alert")).toBeTruthy();
    expect(screen.queryByText("再试一次")).toBeNull();
    expect(mayTryAgain(new Refusal(503, "unavailable", ""))).toBe(true);
  });
});

const at = (s: number) => new Date(Date.UTC(2026, 10, 21, 6, 0, s)).toISOString();
const assignment = (over: Partial<Assignment>) =>
  ({ id: "a", unit_id: "u1", station_id: "s", incident_id: "i", status: "dispatched", dispatched_at: at(0), ended_at: null, enroute_at: null, reason: "", ...over }) as unknown as Assignment;

describe("orders of a station", () => {
  const incidents = new Map(["i", "j"].map((id) => [id, { id } as unknown as Incident]));
  it("are its own only, the newest ringing first, and gone once all have arrived", () => {
    const list = [
      assignment({ id: "1", incident_id: "i", status: "enroute" }),
      assignment({ id: "2", incident_id: "j", dispatched_at: at(60) }),
      assignment({ id: "3", station_id: "other", incident_id: "j" }),
      assignment({ id: "4", incident_id: "k", status: "on_scene" }),
    ];
    const orders = stationOrders(list, incidents, "s");
    expect(orders.map((order) => [order.incident.id, order.ringing, order.assignments.length])).toEqual([["j", true, 1], ["i", false, 1]]);
  });
});

describe("a unit", () => {
  it("goes from ringing over ready and enroute to the scene, one step at a time", () => {
    expect(phaseOf(assignment({}))).toBe("ringing");
    expect(NEXT[phaseOf(assignment({}))]).toBe("acknowledged");
    expect(NEXT[phaseOf(assignment({ status: "acknowledged" }))]).toBe("enroute");
    expect(NEXT[phaseOf(assignment({ status: "enroute" }))]).toBe("on_scene");
    expect(phaseOf(undefined)).toBe("none");
  });
  it("is told once that its order was taken back, and not after a newer order", () => {
    const gone = assignment({ id: "gone", status: "canceled", ended_at: at(100), reason: "力量已够" });
    const now = Date.parse(at(200));
    expect(takenBack([gone], "u1", undefined, now, new Set())?.id).toBe("gone");
    expect(takenBack([gone], "u1", undefined, now, new Set(["gone"]))).toBeUndefined();
    expect(takenBack([gone], "u1", assignment({ id: "new", dispatched_at: at(150) }), now, new Set())).toBeUndefined();
    expect(takenBack([gone], "u1", undefined, Date.parse(at(1200)), new Set())).toBeUndefined();
  });
});

it("measures what is left of a route from the nearest point of it", () => {
  const route = { points: [[87, 43], [87.01, 43], [87.02, 43]], length_m: 1630 } as unknown as Route;
  expect(metresLeft(route, undefined)).toBe(1630);
  expect(metresLeft(route, [87.0101, 43.0001])).toBeGreaterThan(750);
  expect(metresLeft(route, [87.0101, 43.0001])).toBeLessThan(850);
  expect(metresLeft(route, [87.02, 43])).toBe(0);
});

it("counts today's runs and the ninth decile of the turnout", () => {
  const runs = [40, 50, 90].map((s, i) => assignment({ id: String(i), enroute_at: at(s) }));
  expect(turnouts(runs, () => true, Date.parse(at(500)))).toEqual({ runs: 3, p90_s: 90 });
  expect(turnouts([], () => true, 0)).toEqual({ runs: 0, p90_s: null });
});
