// Unit and station symbols drawn once into an atlas, at the exact size in device pixels.
import { SHAPES, TREATMENTS, type Shape } from "../parts/glyph";
import type { UnitStatus } from "../picture";
import { STATUS, STATUS_LIGHT, THEMES, type ThemeName } from "../theme";

/** What a symbol looks like. `glyph` may be empty: idle things are small shapes without a sign. */
export interface Icon {
  readonly shape: Shape;
  readonly glyph: string;
  readonly status: UnitStatus;
  /** A last fix that is too old: drawn hollow. */
  readonly old?: boolean;
}

const COLUMNS = 16;
const BOX = 30;

const iconKey = (icon: Icon): string => [icon.shape, icon.glyph, icon.status, icon.old ? "old" : ""].join("|");

/** Cells of one size; a cell is drawn when its icon is first asked for. */
export class Atlas {
  readonly canvas = document.createElement("canvas");
  readonly columns = COLUMNS;
  version = 0;
  private readonly cells = new Map<string, number>();
  private readonly context: CanvasRenderingContext2D;
  private readonly cell: number;
  private readonly theme: ThemeName;

  constructor(cell_px: number, theme: ThemeName) {
    this.cell = Math.ceil(cell_px);
    this.theme = theme;
    this.canvas.width = this.canvas.height = this.cell * COLUMNS;
    const context = this.canvas.getContext("2d");
    if (!context) throw new Error("no 2d canvas");
    this.context = context;
  }

  /** Number of the cell that holds an icon. */
  cellOf(icon: Icon): number {
    const key = iconKey(icon);
    const known = this.cells.get(key);
    if (known !== undefined) return known;
    const index = this.cells.size % (COLUMNS * COLUMNS);
    this.cells.set(key, index);
    this.draw(icon, index);
    this.version += 1;
    return index;
  }

  private draw(icon: Icon, index: number): void {
    const { context, cell } = this;
    context.save();
    context.translate((index % COLUMNS) * cell, Math.floor(index / COLUMNS) * cell);
    context.clearRect(0, 0, cell, cell);
    context.scale(cell / BOX, cell / BOX);
    context.translate(3, 3);
    drawIcon(context, icon, this.theme);
    context.restore();
  }
}

function drawIcon(context: CanvasRenderingContext2D, icon: Icon, theme: ThemeName): void {
  const treatment = TREATMENTS[icon.status];
  const colour = (theme === "dark" ? STATUS : STATUS_LIGHT)[icon.status];
  const filled = treatment.filled && !icon.old;
  const path = new Path2D(SHAPES[icon.shape]);
  context.fillStyle = filled ? colour : THEMES[theme].bg;
  context.strokeStyle = colour;
  context.lineWidth = 2.2;
  context.setLineDash(treatment.dashed ? [3, 2.4] : []);
  context.fill(path);
  if (filled) {
    context.strokeStyle = THEMES[theme].bg;
    context.lineWidth = 1.4;
  }
  context.stroke(path);
  if (treatment.ring && !icon.old) drawRing(context, path, colour);
  if (icon.glyph) drawGlyph(context, icon, filled ? (theme === "dark" ? "#0b0f14" : "#ffffff") : colour);
  if (treatment.slash) drawSlash(context, colour);
}

function drawRing(context: CanvasRenderingContext2D, path: Path2D, colour: string): void {
  context.save();
  context.translate(-2.6, -2.6);
  context.scale(1.217, 1.217);
  context.strokeStyle = colour;
  context.lineWidth = 1.7;
  context.stroke(path);
  context.restore();
}

function drawGlyph(context: CanvasRenderingContext2D, icon: Icon, colour: string): void {
  context.fillStyle = colour;
  context.font = `700 ${/[A-Z]/.test(icon.glyph) ? 16 : 13.5}px "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(icon.glyph, 12, icon.shape === "station" ? 13.6 : 12.6);
}

function drawSlash(context: CanvasRenderingContext2D, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(4, 20);
  context.lineTo(20, 4);
  context.stroke();
}
