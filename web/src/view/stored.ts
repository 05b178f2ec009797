/** Weights that are all in memory: one block, or one for each sentence of a text and nothing between them. */
import type { Head, Shape, StoredHead } from "./types.ts";
import { type Grid, type Overview, type Place, span, type Weights } from "./weights.ts";

/** Its first row and column in the map. */
export interface Block extends Grid {
  row: number;
  column: number;
}

const OVERVIEW_SIDE = 256;

export class StoredWeights implements Weights {
  readonly overview: Overview;
  readonly entropy: Float32Array;
  readonly received: Float32Array;

  constructor(
    readonly shape: Shape,
    readonly blocks: Block[],
    readonly precision: number,
  ) {
    const [rows, columns] = shape;
    const by = shape.map((side) => Math.max(1, Math.ceil(side / OVERVIEW_SIDE))) as Shape;
    this.overview = { ...pooled(blocks, [0, rows], [0, columns], by), by };
    this.entropy = new Float32Array(rows);
    this.received = new Float32Array(columns);
    each(blocks, (row, column, weight) => {
      if (weight > 0) this.entropy[row] -= weight * Math.log(weight);
      this.received[column] += weight;
    });
  }

  async tile({ level, tile }: Place): Promise<Grid> {
    const down = span(tile[0], level[0], this.shape[0]);
    const across = span(tile[1], level[1], this.shape[1]);
    return pooled(this.blocks, down, across, [2 ** level[0], 2 ** level[1]]);
  }

  row(row: number): Float32Array {
    const seen = new Float32Array(this.shape[1]);
    for (const block of this.blocks) {
      const within = row - block.row;
      if (within < 0 || within >= block.rows) continue;
      for (let column = 0; column < block.columns; column++) {
        seen[block.column + column] += block.values[within * block.columns + column];
      }
    }
    return seen;
  }

  column(column: number): Float32Array {
    const seen = new Float32Array(this.shape[0]);
    for (const block of this.blocks) {
      const within = column - block.column;
      if (within < 0 || within >= block.columns) continue;
      for (let row = 0; row < block.rows; row++) {
        seen[block.row + row] += block.values[row * block.columns + within];
      }
    }
    return seen;
  }

  cell(row: number, column: number): number {
    return this.row(row)[column];
  }
}

export function each(
  blocks: Block[],
  visit: (row: number, column: number, weight: number) => void,
) {
  for (const { row, column, rows, columns, values } of blocks) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) visit(row + i, column + j, values[i * columns + j]);
    }
  }
}

/** Up to so many cells, scores are made into weights when a head is opened. */
const MOST_CELLS = 2 ** 20;

/** Of such heads all weights are at hand once they are open: for words, and for the mean of heads. */
export function isWhole(head: Head): boolean {
  const [rows, columns] = head.shape;
  return isStored(head) || (head.encoding === "scores" && rows * columns <= MOST_CELLS);
}

export function isStored(head: Head): head is StoredHead {
  return head.encoding === "dense" || head.encoding === "blocks";
}

type Span = [first: number, end: number];

/** The largest weight in each `by[0]` × `by[1]` of a part of the map. */
export function pooled(blocks: Block[], [top, bottom]: Span, [left, right]: Span, by: Shape): Grid {
  const rows = Math.ceil((bottom - top) / by[0]);
  const columns = Math.ceil((right - left) / by[1]);
  const values = new Float32Array(rows * columns);
  for (const block of blocks) {
    const lastRow = Math.min(bottom, block.row + block.rows);
    const lastColumn = Math.min(right, block.column + block.columns);
    for (let row = Math.max(top, block.row); row < lastRow; row++) {
      const into = Math.floor((row - top) / by[0]) * columns;
      const from = (row - block.row) * block.columns - block.column;
      for (let column = Math.max(left, block.column); column < lastColumn; column++) {
        const at = into + Math.floor((column - left) / by[1]);
        values[at] = Math.max(values[at], block.values[from + column]);
      }
    }
  }
  return { rows, columns, values };
}
