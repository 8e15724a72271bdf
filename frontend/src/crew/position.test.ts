// A phone's fix as the services take it.
import { expect, it } from "vitest";
import { fixOf } from "./position";

const coords = { longitude: 87.6177, latitude: 43.7928, speed: 12.5, heading: 270 };

it("sends where and when, and how fast only where the device knows", () => {
  const at = Date.parse("2026-11-21T06:32:07Z");
  expect(fixOf("u1", coords, at)).toEqual({ unit_id: "u1", at: [87.6177, 43.7928], fixed_at: "2026-11-21T06:32:07.000Z", speed_mps: 12.5, heading_deg: 270 });
  const still = fixOf("u1", { ...coords, speed: null, heading: Number.NaN }, at);
  expect(Object.keys(still)).toEqual(["unit_id", "at", "fixed_at"]);
});
