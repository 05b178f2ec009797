/** Draws a heat map with its labels, bands and marks on a canvas. */
import type { GoldBlock } from "../view/gold.ts";
import { type Piece, shortened } from "../view/pieces.ts";
import type { Focus } from "../view/selection.ts";
import type { TileImages } from "../view/tile-images.ts";
import type { Viewport } from "../view/viewport.ts";
import { TILE, type Weights } from "../view/weights.ts";

export interface Inks {
  ink: string;
  quiet: string;
  bar: string;
  paper: string;
  accent: string;
  gold: string;
}

export interface Drawing {
  context: CanvasRenderingContext2D;
  pixelRatio: number;
  viewport: Viewport;
  margins: Margins;
  images: TileImages;
  weights: Weights;
  rows: Piece[];
  columns: Piece[];
  focus: Focus;
  blocks: GoldBlock[];
  inks: Inks;
  /** What the bars at the right and below are called. */
  bandNames: [entropy: string, received: string];
}

export interface Margins {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const LABEL_CHARACTERS = 16;
/** Has room for the name of the bars below. */
const NARROWEST_SIDE = 50;
const LABEL_ANGLE = -Math.PI / 3;
/** Rows less high than this are numbered, not named. */
const SMALLEST_LABELLED = 11;
/** Of a digit, with its share of the commas. */
const NUMBER_WIDTH = 9;
const TICK_DISTANCE = 40;
const GAP_FROM = 10;
const BAND = 44;
const BAND_GAP = 8;

const SERIF =
  '"Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif';
const LARGEST_LABEL = 14;

const NUMBER = 11;
const ROOT_FONT = 16;

/** How much larger than usual type is, as of a page for a projector. */
export const typeScale = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / ROOT_FONT;

/** Of words beside cells of this size. */
const wordFont = (cell: number) => `${Math.min(LARGEST_LABEL * typeScale(), cell)}px ${SERIF}`;
const numberFont = () => `${NUMBER * typeScale()}px system-ui, sans-serif`;

const label = ({ text }: Piece) => shortened(text, LABEL_CHARACTERS);

/** Room for labels and bands; the widest label decides. */
export function marginsFor(
  context: CanvasRenderingContext2D,
  rows: Piece[],
  columns: Piece[],
  room: number,
): Margins {
  const type = typeScale();
  const side = Math.max(
    NARROWEST_SIDE * type,
    widest(context, rows, room * 0.3),
    NUMBER_WIDTH * type * String(rows.length).length,
  );
  const above = widest(context, columns, 120 * type);
  return {
    left: side + 8,
    top: above * Math.sin(-LABEL_ANGLE) + 14,
    right: Math.max(BAND * type + BAND_GAP, above * Math.cos(LABEL_ANGLE)) + 4,
    bottom: BAND + BAND_GAP,
  };
}

/** Of all labels those of the most characters are measured. */
function widest(context: CanvasRenderingContext2D, pieces: Piece[], most: number): number {
  context.font = wordFont(LARGEST_LABEL * typeScale());
  const longest = pieces.reduce((length, { text }) => Math.max(length, text.length), 0);
  const enough = 0.6 * Math.min(longest, LABEL_CHARACTERS);
  const measured = pieces.filter(({ text }) => text.length >= enough).slice(0, 100);
  const widths = measured.map((piece) => context.measureText(label(piece)).width);
  return Math.min(most, Math.max(24, ...widths));
}

export function draw(drawing: Drawing) {
  const { context, pixelRatio, margins, inks } = drawing;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = inks.paper;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.translate(margins.left, margins.top);
  context.save();
  clipToPlot(drawing);
  drawCells(drawing);
  drawGaps(drawing);
  drawGold(drawing);
  drawFocus(drawing);
  context.restore();
  drawRowLabels(drawing);
  drawColumnLabels(drawing);
  drawEntropy(drawing);
  drawReceived(drawing);
  drawBandNames(drawing);
}

function clipToPlot({ context, viewport: { plot } }: Drawing) {
  context.beginPath();
  context.rect(0, 0, plot.width, plot.height);
  context.clip();
}

function drawCells({ context, images, viewport, pixelRatio, weights }: Drawing) {
  context.imageSmoothingEnabled = false;
  const whole = images.overview();
  const { by, columns, rows } = weights.overview;
  place(context, whole, viewport, pixelRatio, [0, 0, rows * by[0], columns * by[1]]);
  for (const {
    place: { level, tile },
    image,
  } of images.under(viewport, pixelRatio)) {
    const [top, left] = [tile[0] * (TILE << level[0]), tile[1] * (TILE << level[1])];
    const box = [top, left, image.height << level[0], image.width << level[1]] as const;
    place(context, image, viewport, pixelRatio, box);
  }
}

/** Edges fall on whole device pixels, so that tiles meet without a seam. */
function place(
  context: CanvasRenderingContext2D,
  image: HTMLCanvasElement,
  { left, top, width, height, plot }: Viewport,
  pixelRatio: number,
  [row, column, rows, columns]: readonly [number, number, number, number],
) {
  const snapped = (value: number) => Math.round(value * pixelRatio) / pixelRatio;
  const [x, y] = [snapped((column - left) * width), snapped((row - top) * height)];
  const [right, bottom] = [
    snapped((column + columns - left) * width),
    snapped((row + rows - top) * height),
  ];
  if (right <= 0 || bottom <= 0 || x >= plot.width || y >= plot.height) return;
  context.drawImage(
    image,
    x,
    y,
    Math.max(right - x, 1 / pixelRatio),
    Math.max(bottom - y, 1 / pixelRatio),
  );
}

/** Large cells stand apart. */
function drawGaps({ context, viewport, inks }: Drawing) {
  const { width, height, left, top, plot } = viewport;
  if (Math.min(width, height) < GAP_FROM) return;
  context.fillStyle = inks.paper;
  for (let x = -((left % 1) * width); x < plot.width; x += width) {
    context.fillRect(x - 0.5, 0, 1, plot.height);
  }
  for (let y = -((top % 1) * height); y < plot.height; y += height) {
    context.fillRect(0, y - 0.5, plot.width, 1);
  }
}

function drawGold({ context, viewport, blocks, inks }: Drawing) {
  const { left, top, width, height } = viewport;
  for (const { kind, rows, columns } of blocks) {
    const [x, y] = [(columns[0] - left) * width, (rows[0] - top) * height];
    const [across, down] = [(columns[1] - columns[0]) * width, (rows[1] - rows[0]) * height];
    context.strokeStyle = context.fillStyle = inks.gold;
    context.lineWidth = 2;
    context.setLineDash(kind === "possible" ? [4, 3] : []);
    if (kind !== "link")
      context.strokeRect(x + 2, y + 2, Math.max(1, across - 4), Math.max(1, down - 4));
    else dot(context, x + across / 2, y + down / 2, Math.min(4, width / 4, height / 4));
  }
  context.setLineDash([]);
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number) {
  context.beginPath();
  context.arc(x, y, Math.max(1, radius), 0, 2 * Math.PI);
  context.fill();
}

function drawFocus({ context, viewport, focus, inks }: Drawing) {
  const { left, top, width, height, plot } = viewport;
  context.strokeStyle = inks.accent;
  context.lineWidth = 1;
  const [x, y] = [((focus.column ?? 0) - left) * width, ((focus.row ?? 0) - top) * height];
  const [across, down] = [Math.max(width, 3), Math.max(height, 3)];
  if (focus.row !== null) context.strokeRect(0.5, y, plot.width - 1, down);
  if (focus.column !== null) context.strokeRect(x, 0.5, across, plot.height - 1);
  if (focus.row === null || focus.column === null) return;
  context.lineWidth = 2;
  context.strokeRect(x, y, across, down);
}

function drawRowLabels({ context, viewport, margins, rows, focus, inks }: Drawing) {
  context.textAlign = "right";
  context.textBaseline = "middle";
  const { height, top, plot } = viewport;
  const named = height >= SMALLEST_LABELLED;
  context.font = named ? wordFont(height) : numberFont();
  for (const row of marked(top, plot.height, height, rows.length)) {
    context.fillStyle = row === focus.row ? inks.accent : named ? inks.ink : inks.quiet;
    const text = named ? label(rows[row]) : number(row);
    context.fillText(text, -6, (row - top + 0.5) * height, margins.left - 8);
  }
}

function drawColumnLabels({ context, viewport, columns, focus, inks }: Drawing) {
  const { width, left, plot } = viewport;
  const named = width >= SMALLEST_LABELLED;
  context.textBaseline = named ? "middle" : "bottom";
  context.font = named ? wordFont(width) : numberFont();
  for (const column of marked(left, plot.width, width, columns.length)) {
    context.fillStyle = column === focus.column ? inks.accent : named ? inks.ink : inks.quiet;
    context.save();
    context.translate((column - left + 0.5) * width, -6);
    context.textAlign = named ? "left" : "center";
    if (named) context.rotate(LABEL_ANGLE);
    context.fillText(named ? label(columns[column]) : number(column), 0, 0);
    context.restore();
  }
}

const number = (place: number) => (place + 1).toLocaleString("en");

/** Cells whose label is drawn: all whose middle is seen, or round numbers, counted from 1, that stand apart. */
function marked(first: number, length: number, cell: number, count: number): number[] {
  const step = cell >= SMALLEST_LABELLED ? 1 : roundStep((TICK_DISTANCE * typeScale()) / cell);
  const end = Math.min(count, Math.floor(first + length / cell + 0.5));
  const from = Math.ceil((Math.ceil(first - 0.5) + 1) / step) * step - 1;
  return Array.from(
    { length: Math.max(0, Math.ceil((end - from) / step)) },
    (_, n) => from + n * step,
  );
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

/** Bars at the right: 0 to the entropy of a row that looks at all columns alike. */
function drawEntropy({ context, viewport, weights, inks }: Drawing) {
  const { plot, top, height, rows, columns } = viewport;
  const most = Math.log(Math.max(2, columns));
  const start = plot.width + BAND_GAP;
  context.fillStyle = inks.bar;
  for (const [y, thickness, value] of bars(weights.entropy, top, height, plot.height, rows)) {
    context.fillRect(start, y, Math.max(0.5, (value / most) * BAND), thickness);
  }
}

/** Bars below: 0 to the largest sum. */
function drawReceived({ context, viewport, weights, inks }: Drawing) {
  const { plot, left, width, columns } = viewport;
  const most = weights.received.reduce((one, other) => Math.max(one, other), 1e-9);
  const start = plot.height + BAND_GAP;
  context.fillStyle = inks.bar;
  for (const [x, thickness, value] of bars(weights.received, left, width, plot.width, columns)) {
    context.fillRect(x, start, thickness, Math.max(0.5, (value / most) * BAND));
  }
}

function drawBandNames({ context, viewport: { plot }, inks, bandNames }: Drawing) {
  context.fillStyle = inks.quiet;
  context.font = numberFont();
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText(bandNames[0], plot.width + BAND_GAP, plot.height + BAND_GAP);
  context.textAlign = "right";
  context.fillText(bandNames[1], -BAND_GAP, plot.height + BAND_GAP);
}

/** Place, thickness and value of each bar; of cells thinner than a pixel the largest in it. */
function bars(
  values: Float32Array,
  first: number,
  cell: number,
  length: number,
  count: number,
): [number, number, number][] {
  const step = Math.max(1, Math.ceil(1 / cell));
  const gap = cell >= GAP_FROM ? cell * 0.55 : 0;
  const drawn: [number, number, number][] = [];
  for (
    let place = Math.floor(first / step) * step;
    place < Math.min(count, first + length / cell);
    place += step
  ) {
    const value = Math.max(...values.subarray(place, place + step));
    const [from, to] = [
      Math.max(0, (place - first) * cell),
      Math.min(length, (place - first + step) * cell),
    ];
    drawn.push([from + gap / 2, Math.max(0.5, to - from - gap), value]);
  }
  return drawn;
}
