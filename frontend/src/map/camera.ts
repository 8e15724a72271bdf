// Which part of the city a map shows: all that matters, and no move without need. Pure.
import { mercator, type Box, type LonLat } from "../geo";
import type { View } from "./overlay";

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
  /** Px of the lower edge that something lies on; the margins are of what is left. */
  readonly covered?: number;
}

const WORLD_PX = 512;
const STEP = 4;
/** How much closer the view could be before it is worth a move. */
const SLACK_ZOOM = 0.8;

/** The place of a mercator point. */
export function fromMercator(x: number, y: number): LonLat {
  return [x * 360 - 180, (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90];
}

/** The closest view in steps of a quarter zoom that shows a box inside the frame's margins. */
export function fit(box: Box, frame: Frame, closest: number): View {
  const [west, north] = mercator([box.west, box.north]);
  const [east, south] = mercator([box.east, box.south]);
  const width = Math.max(40, frame.width - frame.left - frame.right);
  const below = frame.bottom + (frame.covered ?? 0);
  const height = Math.max(40, frame.height - frame.top - below);
  const exact = Math.min(Math.log2(width / WORLD_PX / Math.max(1e-9, east - west)), Math.log2(height / WORLD_PX / Math.max(1e-9, south - north)));
  const zoom = Math.min(closest, Math.floor(exact * STEP) / STEP);
  const scale = WORLD_PX * 2 ** zoom;
  const x = (west + east) / 2 + (frame.right - frame.left) / 2 / scale;
  const y = (north + south) / 2 + (below - frame.top) / 2 / scale;
  return { centre: fromMercator(x, y), zoom };
}

/** Where a place is drawn, in px from the top left corner. */
export function project(at: LonLat, view: View, frame: Pick<Frame, "width" | "height">): readonly [number, number] {
  const scale = WORLD_PX * 2 ** view.zoom;
  const [x, y] = mercator(at);
  const [cx, cy] = mercator(view.centre);
  return [(x - cx) * scale + frame.width / 2, (y - cy) * scale + frame.height / 2];
}

/** The view to show now: the one there is, unless something left it or it could be much closer. */
export function nextView(current: View | null, box: Box, frame: Frame, closest: number): View {
  const wanted = fit(box, frame, closest);
  if (!current || wanted.zoom - current.zoom > SLACK_ZOOM) return wanted;
  if (wanted.zoom === current.zoom && wanted.centre[0] === current.centre[0] && wanted.centre[1] === current.centre[1]) return current;
  const corners: LonLat[] = [[box.west, box.north], [box.east, box.south]];
  const inside = corners.every((corner) => {
    const [x, y] = project(corner, current, frame);
    return x >= frame.left / 2 && x <= frame.width - frame.right / 2 && y >= frame.top / 2 && y <= frame.height - (frame.covered ?? 0) - frame.bottom / 2;
  });
  return inside ? current : wanted;
}

/** The zoom at which so many metres on the ground take so many px, at a latitude. */
export function zoomFor(metres: number, px: number, latitude: number): number {
  return Math.log2((Math.cos((latitude * Math.PI) / 180) * 40_075_016.686 * px) / WORLD_PX / metres);
}

/** The place under a point of a map, px from its top left corner. */
export function placeUnder(x: number, y: number, view: View, size: Pick<Frame, "width" | "height">): LonLat {
  const scale = WORLD_PX * 2 ** view.zoom;
  const [cx, cy] = mercator(view.centre);
  return fromMercator(cx + (x - size.width / 2) / scale, cy + (y - size.height / 2) / scale);
}
