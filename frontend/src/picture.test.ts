// The fold agrees with the corpus that the gateway's fold is tested with, and a broken fold does not.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Assignment, Envelope, Incident, Unit } from "./contracts";
import { all, apply, applyAll, assignmentByUnit, EMPTY_PICTURE, rankedIncidents, unitStatus, type Picture } from "./picture";

interface Case {
  readonly name: string;
  readonly envelopes: readonly Envelope[];
  readonly picture: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const corpus = JSON.parse(readFileSync("../tests/corpus/picture.json", "utf8")) as { cases: readonly Case[] };

const plain = (picture: Picture) =>
  Object.fromEntries([...picture].map(([kind, shelf]) => [kind, Object.fromEntries(shelf.values)]));

describe("the fold", () => {
  it.each(corpus.cases)("$name, all at once", ({ envelopes, picture }) => {
    expect(plain(applyAll(EMPTY_PICTURE, envelopes))).toEqual(picture);
  });

  it.each(corpus.cases)("$name, one by one", ({ envelopes, picture }) => {
    expect(plain(envelopes.reduce(apply, EMPTY_PICTURE))).toEqual(picture);
  });

  it("keeps untouched shelves and unchanged pictures as the same objects", () => {
    const [first] = corpus.cases;
    const picture = applyAll(EMPTY_PICTURE, first?.envelopes ?? []);
    expect(applyAll(picture, first?.envelopes ?? [])).toBe(picture);
  });

  it("has a corpus that catches a fold in which the last to arrive wins", () => {
    const lastWins = (envelopes: readonly Envelope[]) => {
      const out: Record<string, Record<string, unknown>> = {};
      for (const e of envelopes) (out[e.kind] ??= {})[e.id] = e.value;
      return out;
    };
    const caught = corpus.cases.filter((c) => JSON.stringify(lastWins(c.envelopes)) !== JSON.stringify(c.picture));
    expect(caught.map((c) => c.name)).toContain("backwards");
  });
});

const assignment = (over: Partial<Assignment>): Assignment =>
  ({ id: "a", unit_id: "u1", incident_id: "i1", status: "enroute", dispatched_at: "2025-11-21T06:00:00Z", ...over }) as Assignment;
const unit = (over: Partial<Unit>): Unit => ({ id: "u1", in_service: true, ...over }) as Unit;

describe("what a unit is doing", () => {
  it("is its active assignment, even where it is still on the way back from another", () => {
    const held = new Map([
      ["old", assignment({ id: "old", status: "returning", dispatched_at: "2025-11-21T07:00:00Z" })],
      ["new", assignment({ id: "new", status: "dispatched" })],
    ]);
    expect(unitStatus(unit({}), assignmentByUnit(held).get("u1"))).toBe("alerted");
  });

  it.each([
    ["dispatched", "alerted"], ["acknowledged", "alerted"], ["enroute", "enroute"], ["staged", "staged"],
    ["on_scene", "on_scene"], ["rehab", "on_scene"], ["returning", "returning"],
  ] as const)("%s reads %s", (status, expected) => {
    expect(unitStatus(unit({}), assignment({ status }))).toBe(expected);
  });

  it("is out of service only where nothing holds it", () => {
    expect(unitStatus(unit({ in_service: false }), undefined)).toBe("out_of_service");
    expect(unitStatus(unit({ in_service: false }), assignment({ status: "on_scene" }))).toBe("on_scene");
    expect(unitStatus(unit({}), undefined)).toBe("available");
  });
});

describe("the ranking", () => {
  const incident = (id: string, over: Partial<Incident>): [string, Incident] => [
    id,
    { id, alarm_level: 2, casualties: 0, trapped: 0, status: "dispatched", reported_at: "2025-11-21T06:00:00Z", ...over } as Incident,
  ];
  it("puts the higher alarm first, then people at risk, then the longer wait, and leaves out what is closed", () => {
    const ranked = rankedIncidents(
      new Map([
        incident("later", { reported_at: "2025-11-21T06:10:00Z" }),
        incident("closed", { status: "closed", alarm_level: 5 }),
        incident("early", {}),
        incident("people", { trapped: 2 }),
        incident("worst", { alarm_level: 4 }),
      ]),
    );
    expect(ranked.map((i) => i.id)).toEqual(["worst", "people", "early", "later"]);
  });

  it("gives the same object for the same shelf", () => {
    const picture = applyAll(EMPTY_PICTURE, []);
    expect(rankedIncidents(all(picture, "incident"))).toBe(rankedIncidents(all(picture, "incident")));
  });
});
