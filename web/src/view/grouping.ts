/** Tokens put together into words, and heads into their mean: what qkv.inspection.merged does in Python. */
import { type Block, each, StoredWeights } from "./stored.ts";
import type { Range, Shape } from "./types.ts";
import type { Weights } from "./weights.ts";

/** What the mean row of each group puts on all columns of a group: rows keep their sums. */
export function merged(weights: Weights, rows: Range[], columns: Range[]): Weights {
  if (!(weights instanceof StoredWeights)) return weights;
  const shape: Shape = [rows.length, columns.length];
  const [rowGroups, columnGroups] = [groupOfEach(rows), groupOfEach(columns)];
  const blocks = weights.blocks.map((block) => {
    const into = emptyBlock(block, rowGroups, columnGroups);
    each([block], (row, column, weight) => {
      const [i, j] = [rowGroups[row], columnGroups[column]];
      const [first, end] = rows[i];
      into.values[(i - into.row) * into.columns + j - into.column] += weight / (end - first);
    });
    return into;
  });
  const widest = columns.reduce((most, [first, end]) => Math.max(most, end - first), 1);
  return new StoredWeights(shape, blocks, weights.precision * widest);
}

function groupOfEach(groups: Range[]): Int32Array {
  const numbers = new Int32Array(groups.at(-1)?.[1] ?? 0);
  groups.forEach(([first, end], group) => void numbers.fill(group, first, end));
  return numbers;
}

function emptyBlock(block: Block, rowGroups: Int32Array, columnGroups: Int32Array): Block {
  const [row, column] = [rowGroups[block.row], columnGroups[block.column]];
  const rows = rowGroups[block.row + block.rows - 1] + 1 - row;
  const columns = columnGroups[block.column + block.columns - 1] + 1 - column;
  return { row, column, rows, columns, values: new Float32Array(rows * columns) };
}

/** Of weights that are all there. */
export function mean(heads: StoredWeights[]): StoredWeights {
  const blocks = heads[0].blocks.map((block, number) => {
    const values = new Float32Array(block.values.length);
    for (const head of heads) {
      const other = head.blocks[number].values;
      for (let at = 0; at < values.length; at++) values[at] += other[at] / heads.length;
    }
    return { ...block, values };
  });
  return new StoredWeights(heads[0].shape, blocks, heads[0].precision);
}
