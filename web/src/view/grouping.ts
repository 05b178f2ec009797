/** Rows and columns put together, and heads: what qkv.inspection.merged does in Python. */
import { DenseWeights } from "./dense.ts";
import type { Range } from "./types.ts";
import type { Grid, Weights } from "./weights.ts";

/** What the mean row of each group puts on all columns of a group: rows keep their sums. */
export function merged(grid: Grid, rows: Range[], columns: Range[]): Grid {
  const values = new Float32Array(rows.length * columns.length);
  rows.forEach(([top, bottom], row) => {
    columns.forEach(([left, right], column) => {
      let sum = 0;
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) sum += grid.values[i * grid.columns + j];
      }
      values[row * columns.length + column] = sum / (bottom - top);
    });
  });
  return { rows: rows.length, columns: columns.length, values };
}

export function mean(grids: Grid[]): Grid {
  const values = new Float32Array(grids[0].values.length);
  for (const grid of grids) {
    for (let at = 0; at < values.length; at++) values[at] += grid.values[at] / grids.length;
  }
  return { rows: grids[0].rows, columns: grids[0].columns, values };
}

/** Of weights that are all there; null: there are too many of them to be put together here. */
export function meanWeights(heads: Weights[]): DenseWeights | null {
  const dense = heads.filter((head) => head instanceof DenseWeights);
  if (dense.length < heads.length) return null;
  return new DenseWeights(mean(dense.map((head) => head.grid)), dense[0].precision);
}

export function mergedWeights(weights: Weights, rows: Range[], columns: Range[]): Weights {
  if (!(weights instanceof DenseWeights)) return weights;
  const widest = Math.max(...columns.map(([first, end]) => end - first));
  return new DenseWeights(merged(weights.grid, rows, columns), weights.precision * widest);
}
