// The camera shows what it must, stands still while it may, and symbols glide between fixes.
import { describe, expect, it } from "vitest";
import { boxOf, metresBetween, mercator, type LonLat } from "../geo";
import { inCorner, isFree, placed, quietCorner } from "../wall/placing";
import { fit, fromMercator, nextView, project, zoomFor, type Frame } from "./camera";
import { isMoving, moveTo, placeAt, still } from "./motion";

const frame: Frame = { width: 1100, height: 820, top: 130, bottom: 80, left: 140, right: 140 };
const town: LonLat[] = [[87.42, 43.76], [87.72, 43.97], [87.6, 43.8]];
const box = boxOf(town);
if (!box) throw new Error("no box");

describe("the camera", () => {
  it("shows every point inside its margins", () => {
    const view = fit(box, frame, 14);
    for (const point of town) {
      const [x, y] = project(point, view, frame);
      expect(x).toBeGreaterThanOrEqual(frame.left - 1);
      expect(x).toBeLessThanOrEqual(frame.width - frame.right + 1);
      expect(y).toBeGreaterThanOrEqual(frame.top - 1);
      expect(y).toBeLessThanOrEqual(frame.height - frame.bottom + 1);
    }
  });
  it("does not move while all is in view, moves when something leaves it, and comes back when it could be closer", () => {
    const view = nextView(null, box, frame, 14);
    expect(nextView(view, { ...box, east: box.east - 0.02 }, frame, 14)).toBe(view);
    expect(nextView(view, { ...box, east: box.east + 0.4 }, frame, 14).zoom).toBeLessThan(view.zoom);
    const small = { west: 87.6, east: 87.62, south: 43.8, north: 43.82 };
    expect(nextView(view, small, frame, 14).zoom).toBeGreaterThan(view.zoom);
  });
  it("shows every point above what lies on its lower edge, and moves when one has come under it", () => {
    const under = { ...frame, covered: 118 };
    const lowest = Math.max(...town.map((point) => project(point, fit(box, under, 14), under)[1]));
    expect(lowest).toBeLessThanOrEqual(frame.height - 118 - frame.bottom + 1);
    const view = nextView(null, box, frame, 14);
    const hidden = fromMercator(mercator(view.centre)[0], mercator(view.centre)[1] + (frame.height / 2 - 110) / (512 * 2 ** view.zoom));
    const down = { ...box, south: hidden[1], north: hidden[1] + 0.01 };
    expect(nextView(view, down, frame, 14)).toBe(view);
    expect(nextView(view, down, under, 14)).not.toBe(view);
  });
  it("settles: asked again with its own answer it keeps it, even where the frame is too small for its margins", () => {
    const tiny: Frame = { ...frame, width: 200, height: 150 };
    const view = nextView(null, box, tiny, 14);
    expect(nextView(view, box, tiny, 14)).toBe(view);
  });
  it("knows how far a metre is", () => {
    const view = { centre: town[0] ?? [0, 0], zoom: zoomFor(500, 120, 43.76) } as const;
    const there: LonLat = [87.42, 43.76 + 500 / 111_195];
    expect(Math.abs(project(there, view, frame)[1] - frame.height / 2)).toBeCloseTo(120, 0);
    expect(metresBetween(view.centre, there)).toBeCloseTo(500, 0);
    expect(fromMercator(...mercator([87.42, 43.76]))[1]).toBeCloseTo(43.76, 9);
  });
});

describe("a moving symbol", () => {
  it("takes as long as fixes are apart and starts from where it is drawn", () => {
    const first = moveTo(still(0, 0), 1e-6, 0, 1000);
    const second = moveTo(first, 2e-6, 0, 1500);
    expect(second.fromX).toBeCloseTo(0.5e-6, 12);
    expect(second.lasts).toBe(500);
    expect(placeAt(second, 9999)[0]).toBe(2e-6);
    expect(isMoving(second, 1600)).toBe(true);
    expect(isMoving(second, 2001)).toBe(false);
  });
  it("jumps where a fix is far away: that is a correction", () => {
    expect(placeAt(moveTo(still(0, 0), 1e-3, 0, 1000), 1000)[0]).toBe(1e-3);
  });
});

describe("callouts and the close-up", () => {
  const within = { x: 0, y: 0, width: 1000, height: 800 };
  it("stand above their point, or elsewhere where that is taken or outside", () => {
    expect(placed([500, 400], { width: 300, height: 90 }, 30, within, []).y).toBe(280);
    expect(placed([500, 400], { width: 300, height: 90 }, 30, within, [{ x: 300, y: 250, width: 400, height: 130 }]).y).toBe(430);
    expect(placed([500, 20], { width: 300, height: 90 }, 30, within, [{ x: 480, y: 0, width: 40, height: 40 }]).y).toBeGreaterThanOrEqual(40);
  });
  it("know whether a place is free", () => {
    expect(isFree({ x: 0, y: 0, width: 10, height: 10 }, [{ x: 10, y: 0, width: 5, height: 5 }])).toBe(true);
    expect(isFree({ x: 0, y: 0, width: 11, height: 10 }, [{ x: 10, y: 0, width: 5, height: 5 }])).toBe(false);
  });
  it("take the corner that hides least and stay there while it is as good", () => {
    const size = { width: 400, height: 300 };
    const bottomRight = inCorner("bottom-right", size, within, 10);
    expect(quietCorner([[bottomRight.x + 50, bottomRight.y + 50]], size, within, "bottom-right")).toBe("bottom-left");
    expect(quietCorner([], size, within, "top-left")).toBe("top-left");
  });
});
