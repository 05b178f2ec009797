/** Weights that are all in memory. */
import { entropies, received } from "./bands.ts";
import type { Shape } from "./types.ts";
import {
  type Grid,
  type Overview,
  type Place,
  part,
  pooled,
  span,
  type Weights,
} from "./weights.ts";

const OVERVIEW_SIDE = 256;

export class DenseWeights implements Weights {
  readonly shape: Shape;
  readonly overview: Overview;
  readonly entropy: Float32Array;
  readonly received: Float32Array;

  constructor(
    readonly grid: Grid,
    readonly precision: number,
  ) {
    this.shape = [grid.rows, grid.columns];
    const [down, across] = this.shape.map((side) => Math.max(1, Math.ceil(side / OVERVIEW_SIDE)));
    this.overview = pooled(grid, down, across);
    this.entropy = entropies(grid);
    this.received = received(grid);
  }

  async tile({ level: [down, across], tile: [row, column] }: Place): Promise<Grid> {
    const [rows, columns] = this.shape;
    const seen = part(this.grid, span(row, down, rows), span(column, across, columns));
    return down || across ? pooled(seen, 2 ** down, 2 ** across) : seen;
  }

  row(row: number): Float32Array {
    const { columns, values } = this.grid;
    return values.subarray(row * columns, (row + 1) * columns);
  }

  column(column: number): Float32Array {
    const { rows, columns, values } = this.grid;
    return Float32Array.from({ length: rows }, (_, row) => values[row * columns + column]);
  }

  cell(row: number, column: number): number {
    return this.grid.values[row * this.grid.columns + column];
  }
}
