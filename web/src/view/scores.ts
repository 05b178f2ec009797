/** Weights that are computed when looked at, from quantized queries and keys and each row's logsumexp. */
import type { Block } from "./stored.ts";
import type { Shape } from "./types.ts";
import {
  type Grid,
  type Overview,
  type Place,
  pooledLength,
  span,
  TILE,
  type Weights,
} from "./weights.ts";

/** Plain arrays, so that a worker can be sent them. */
export interface Scores {
  shape: Shape;
  /** Of a query and of a key. */
  width: number;
  query: Int8Array;
  /** Of each row, as are the logsumexps. */
  queryScale: Float32Array;
  key: Int8Array;
  keyScale: Float32Array;
  logsumexp: Float32Array;
  /** Query i sees keys i + first … i + last; null: no bound on that side. */
  band: [first: number | null, last: number | null];
  /** Of each key: 1, no query sees it. */
  hidden: Uint8Array;
}

function product(scores: Scores, row: number, column: number): number {
  const { width, query, key } = scores;
  const [from, to] = [row * width, column * width];
  let sum = 0;
  for (let place = 0; place < width; place++) sum += query[from + place] * key[to + place];
  return sum;
}

/** First and end key that a query may see. */
function seenBy({ band: [first, last], shape }: Scores, row: number): [number, number] {
  return [
    first === null ? 0 : Math.max(0, row + first),
    last === null ? shape[1] : Math.max(0, Math.min(shape[1], row + last + 1)),
  ];
}

export function weight(scores: Scores, row: number, column: number): number {
  const [first, end] = seenBy(scores, row);
  if (scores.hidden[column] || column < first || column >= end) return 0;
  const score = product(scores, row, column) * scores.queryScale[row] * scores.keyScale[column];
  return Math.min(1, Math.exp(score - scores.logsumexp[row]));
}

/** The largest weight under each pooled cell of a tile. */
export function tileOf(scores: Scores, { level, tile }: Place): Grid {
  const [top, bottom] = span(tile[0], level[0], scores.shape[0]);
  const [left, right] = span(tile[1], level[1], scores.shape[1]);
  const rows = Math.min(TILE, pooledLength(bottom - top, level[0]));
  const columns = Math.min(TILE, pooledLength(right - left, level[1]));
  const values = new Float32Array(rows * columns);
  for (let row = top; row < bottom; row++) {
    const into = values.subarray(((row - top) >> level[0]) * columns);
    poolRow(scores, row, [left, right], level[1], into);
  }
  return { rows, columns, values };
}

/** Exponentials are taken of the largest score alone: scales are positive, so the order is the weights'. */
function poolRow(
  scores: Scores,
  row: number,
  [left, right]: [number, number],
  level: number,
  into: Float32Array,
) {
  const { hidden, keyScale, logsumexp, queryScale } = scores;
  const [seen, end] = seenBy(scores, row);
  for (let cell = 0; cell < into.length && left + (cell << level) < right; cell++) {
    const first = left + (cell << level);
    let best = -Infinity;
    const last = Math.min(right, end, first + (1 << level));
    for (let column = Math.max(first, seen); column < last; column++) {
      if (hidden[column]) continue;
      best = Math.max(best, product(scores, row, column) * keyScale[column]);
    }
    const weight = Math.exp(best * queryScale[row] - logsumexp[row]);
    into[cell] = Math.max(into[cell], Math.min(1, weight));
  }
}

/** All weights. */
export function blockOf(scores: Scores): Block {
  const [rows, columns] = scores.shape;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    poolRow(scores, row, [0, columns], 0, values.subarray(row * columns, (row + 1) * columns));
  }
  return { row: 0, column: 0, rows, columns, values };
}

/** Tiles are computed where they show so many times more than the overview, along both axes. */
const FINER = 3;

export class ScoresWeights implements Weights {
  readonly shape: Shape;

  constructor(
    private readonly scores: Scores,
    readonly precision: number,
    readonly overview: Overview,
    readonly entropy: Float32Array,
    readonly received: Float32Array,
    private readonly compute: (scores: Scores, place: Place) => Promise<Grid>,
  ) {
    this.shape = scores.shape;
  }

  tile(place: Place): Promise<Grid> | null {
    const finer = place.level.every((level, axis) => 2 ** level * FINER <= this.overview.by[axis]);
    return finer ? this.compute(this.scores, place) : null;
  }

  row(row: number): Float32Array {
    return Float32Array.from({ length: this.shape[1] }, (_, column) => this.cell(row, column));
  }

  column(column: number): Float32Array {
    return Float32Array.from({ length: this.shape[0] }, (_, row) => this.cell(row, column));
  }

  cell(row: number, column: number): number {
    return weight(this.scores, row, column);
  }
}
