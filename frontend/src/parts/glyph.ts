// The symbol of a unit as geometry: shape by family, treatment by status. Shared by DOM and map. Pure.
import type { UnitFamily } from "../contracts";
import type { UnitStatus } from "../picture";

export type Shape = UnitFamily | "station";

/** Outlines in a box of 24 x 24. */
export const SHAPES: Readonly<Record<Shape, string>> = {
  fire: "M6 3H18A3 3 0 0 1 21 6V18A3 3 0 0 1 18 21H6A3 3 0 0 1 3 18V6A3 3 0 0 1 6 3Z",
  medical: "M12 2.5A9.5 9.5 0 1 1 12 21.5A9.5 9.5 0 1 1 12 2.5Z",
  team: "M12 1.8L20.9 6.9V17.1L12 22.2L3.1 17.1V6.9Z",
  police: "M12 2L20.5 4.5V12C20.5 17 17 20.4 12 22.4C7 20.4 3.5 17 3.5 12V4.5Z",
  station: "M3 10.5L12 3L21 10.5V21H3Z",
};

/** How a status looks beside its colour: filled or hollow, dashed, struck through, with a second ring. */
export interface Treatment {
  readonly filled: boolean;
  readonly dashed: boolean;
  readonly slash: boolean;
  readonly ring: boolean;
}

const PLAIN: Treatment = { filled: false, dashed: false, slash: false, ring: false };

export const TREATMENTS: Readonly<Record<UnitStatus, Treatment>> = {
  available: PLAIN,
  alerted: { ...PLAIN, filled: true },
  enroute: { ...PLAIN, filled: true },
  staged: PLAIN,
  on_scene: { ...PLAIN, filled: true, ring: true },
  returning: PLAIN,
  out_of_service: { ...PLAIN, dashed: true, slash: true },
};
