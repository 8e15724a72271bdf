// Symbols above the base map on a canvas of their own, so that a moving unit never repaints the city.
import type { LonLat } from "../geo";
import { mercator } from "../geo";
import type { ThemeName } from "../theme";
import { isMoving, moveTo, still, type Motion } from "./motion";
import { Painter, STRIDE } from "./painter";
import { Atlas, type Icon } from "./sprites";

/** One symbol: where, what, how large in CSS px, shifted by CSS px where several stand on one spot. */
export interface Mark {
  readonly id: string;
  readonly at: LonLat;
  readonly icon: Icon;
  readonly size: number;
  readonly shift?: readonly [number, number];
}

export interface View {
  readonly centre: LonLat;
  readonly zoom: number;
}

const WORLD_PX = 512;
const FULL_PACE_MS = 33;
/** Without a graphics card a frame costs the processor some 150 ms: more of them would hold up the words of a report. */
const SOFT_PACE_MS = 500;

interface Held {
  mark: Mark;
  motion: Motion;
}

export class Overlay {
  /** Frames drawn so far; a measure for tests and benches. */
  frames = 0;
  private readonly canvas: HTMLCanvasElement;
  private readonly painter: Painter;
  private readonly atlas: Atlas;
  private readonly ratio: number;
  private readonly pace_ms: number;
  private readonly origin: readonly [number, number];
  private held = new Map<string, Held>();
  private view: View;
  private atlasVersion = -1;
  private pending: ReturnType<typeof setTimeout> | null = null;
  private lastDraw = 0;
  /** Clock of the instances: 32-bit floats hold milliseconds since here, not since the page opened weeks ago. */
  private clockBase = 0;
  private gone = false;

  constructor(canvas: HTMLCanvasElement, view: View, largest_px: number, theme: ThemeName) {
    this.canvas = canvas;
    this.view = view;
    this.ratio = window.devicePixelRatio;
    this.origin = mercator(view.centre);
    this.painter = new Painter(canvas);
    this.atlas = new Atlas(largest_px * this.ratio, theme);
    this.pace_ms = /swiftshader|llvmpipe|software/i.test(this.painter.renderer) ? SOFT_PACE_MS : FULL_PACE_MS;
  }

  /** Replaces the symbols; one that stays moves on from where it is drawn. */
  setMarks(marks: readonly Mark[]): void {
    const now = performance.now();
    const next = new Map<string, Held>();
    for (const mark of marks) {
      const [x, y] = this.local(mark.at);
      const before = this.held.get(mark.id);
      const same = before && before.mark.at[0] === mark.at[0] && before.mark.at[1] === mark.at[1];
      const motion = !before ? still(x, y) : same ? before.motion : moveTo(before.motion, x, y, now);
      next.set(mark.id, { mark, motion });
    }
    this.held = next;
    this.upload();
    this.soon();
  }

  /** New fixes of symbols that are already there. */
  move(fixes: readonly { readonly unit_id: string; readonly at: LonLat }[]): void {
    const now = performance.now();
    let moved = false;
    for (const fix of fixes) {
      const held = this.held.get(fix.unit_id);
      if (!held) continue;
      const [x, y] = this.local(fix.at);
      if (held.motion.toX === x && held.motion.toY === y) continue;
      held.motion = moveTo(held.motion, x, y, now);
      held.mark = { ...held.mark, at: fix.at };
      moved = true;
    }
    if (!moved) return;
    this.upload();
    this.soon();
  }

  setView(view: View): void {
    this.view = view;
    this.soon();
  }

  resize(width: number, height: number): void {
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.draw();
  }

  stop(): void {
    this.gone = true;
    if (this.pending) clearTimeout(this.pending);
    this.painter.forget();
  }

  /** Mercator relative to a place nearby: the difference survives 32-bit floats. */
  private local(at: LonLat): readonly [number, number] {
    const [x, y] = mercator(at);
    return [x - this.origin[0], y - this.origin[1]];
  }

  private upload(): void {
    const data = new Float32Array(this.held.size * STRIDE);
    let i = 0;
    this.clockBase = performance.now();
    for (const { mark, motion } of this.held.values()) {
      const [dx, dy] = mark.shift ?? [0, 0];
      data.set(
        [motion.fromX, motion.fromY, motion.toX, motion.toY, motion.startedAt - this.clockBase, motion.lasts,
          this.atlas.cellOf(mark.icon), mark.size * this.ratio, dx * this.ratio, dy * this.ratio],
        i,
      );
      i += STRIDE;
    }
    this.painter.setInstances(data);
    if (this.atlasVersion === this.atlas.version) return;
    this.painter.setAtlas(this.atlas.canvas);
    this.atlasVersion = this.atlas.version;
  }

  private soon(): void {
    if (this.pending !== null || this.gone) return;
    const wait = Math.max(0, this.pace_ms - (performance.now() - this.lastDraw));
    this.pending = setTimeout(() => {
      this.pending = null;
      this.draw();
    }, wait);
  }

  private draw(): void {
    if (this.gone || this.canvas.width === 0) return;
    const now = performance.now();
    this.lastDraw = now;
    this.frames += 1;
    this.painter.draw(
      { centre: this.local(this.view.centre), scale: WORLD_PX * 2 ** this.view.zoom * this.ratio, now: now - this.clockBase },
      this.atlas.columns,
    );
    for (const { motion } of this.held.values()) {
      if (isMoving(motion, now)) return this.soon();
    }
  }
}
