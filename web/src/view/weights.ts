/** Weights of one head as the page reads them, however they are stored. */
import type { Shape } from "./types.ts";

/** Row-major. */
export interface Grid {
  rows: number;
  columns: number;
  values: Float32Array;
}

/** Rows and columns of a tile, in pooled cells. */
export const TILE = 128;

/** Tile number `tile` of the map whose cells are the largest of 2^down × 2^across weights. */
export interface Place {
  level: [down: number, across: number];
  tile: [row: number, column: number];
}

export interface Overview extends Grid {
  /** Weights that a cell is the largest of. */
  by: [rows: number, columns: number];
}

export interface Weights {
  readonly shape: Shape;
  /** Greatest error of what row, column and cell say; null: they say the largest weight of an overview's cell. */
  readonly precision: number | null;
  readonly overview: Overview;
  /** Nats, of each row. */
  readonly entropy: Float32Array;
  /** Sum of each column. */
  readonly received: Float32Array;
  /** null: nothing finer than the overview is known. */
  tile(place: Place): Promise<Grid> | null;
  row(row: number): Float32Array;
  column(column: number): Float32Array;
  cell(row: number, column: number): number;
}

/** First and end row (or column) of weights under pooled cells of a tile. */
export function span(tile: number, level: number, length: number): [number, number] {
  const size = TILE << level;
  return [tile * size, Math.min(length, (tile + 1) * size)];
}

export const pooledLength = (length: number, level: number) => Math.ceil(length / 2 ** level);
