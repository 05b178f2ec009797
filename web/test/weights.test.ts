import assert from "node:assert/strict";
import { test } from "node:test";
import { largest } from "../src/view/bands.ts";
import { mean, merged } from "../src/view/grouping.ts";
import { PooledWeights, weightsOfBytes } from "../src/view/pooled.ts";
import { type Scores, tileOf, weight } from "../src/view/scores.ts";
import { type Block, StoredWeights } from "../src/view/stored.ts";
import type { Shape } from "../src/view/types.ts";
import { TILE } from "../src/view/weights.ts";

const close = (values: ArrayLike<number>, expected: number[]) => {
  assert.equal(values.length, expected.length);
  expected.forEach((value, place) => {
    assert.ok(Math.abs(values[place] - value) < 1e-6, `${place}: ${values[place]} is not ${value}`);
  });
};

const block = (row: number, column: number, rows: number[][]): Block => ({
  ...{ row, column, rows: rows.length, columns: rows[0].length },
  values: Float32Array.from(rows.flat()),
});

const whole = (rows: number[][]) =>
  new StoredWeights([rows.length, rows[0].length], [block(0, 0, rows)], 1e-5);

const THREE_BY_FIVE = [
  [0.5, 0.1, 0.2, 0.2, 0],
  [0.1, 0.3, 0.2, 0.2, 0.2],
  [0, 0, 0, 0.25, 0.75],
];

test("rows, columns and cells of stored weights", () => {
  const weights = whole(THREE_BY_FIVE);
  close(weights.row(1), THREE_BY_FIVE[1]);
  close(weights.column(4), [0, 0.2, 0.75]);
  close([weights.cell(2, 3)], [0.25]);
  close(weights.received, [0.6, 0.4, 0.4, 0.65, 0.95]);
  close([weights.entropy[2]], [-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75)]);
});

test("blocks stand where they belong and zeros between them", async () => {
  const weights = new StoredWeights(
    [3, 5],
    [
      block(0, 0, [[0.7, 0.3]]),
      block(1, 2, [
        [0.1, 0.2, 0.7],
        [0, 1, 0],
      ]),
    ],
    1e-5,
  );
  close(weights.row(0), [0.7, 0.3, 0, 0, 0]);
  close(weights.column(3), [0, 0.2, 1]);
  const tile = await weights.tile({ level: [1, 1], tile: [0, 0] });
  close(tile.values, [0.7, 0.2, 0.7, 0, 1, 0]);
});

test("words: sums over columns, means over rows, as in Python", () => {
  const words = merged(
    whole(THREE_BY_FIVE),
    [
      [0, 2],
      [2, 3],
    ],
    [
      [0, 1],
      [1, 4],
      [4, 5],
    ],
  );
  close(words.row(0), [0.3, 0.6, 0.1]);
  close(words.row(1), [0, 0.25, 0.75]);
  close([1e5 * words.precision!], [3]);
});

test("words of a text that was read sentence by sentence", () => {
  const weights = new StoredWeights(
    [3, 3],
    [
      block(0, 0, [[1]]),
      block(1, 1, [
        [0.25, 0.75],
        [0.5, 0.5],
      ]),
    ],
    1e-5,
  );
  const words = merged(
    weights,
    [
      [0, 1],
      [1, 3],
    ],
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  );
  close(words.row(0), [1, 0, 0]);
  close(words.row(1), [0, 0.375, 0.625]);
});

test("the mean of heads", () => {
  close(mean([whole([[1, 0]]), whole([[0.5, 0.5]])]).row(0), [0.75, 0.25]);
});

test("the largest, without zeros", () => {
  assert.deepEqual(largest([0, 0.2, 0.5, 0, 0.3], 2), [2, 4]);
  assert.deepEqual(largest([0, 0], 2), []);
  assert.deepEqual(largest([0.1, 0.4, 0.4], 5), [1, 2, 0]);
});

function scoresOf(shape: Shape, change: Partial<Scores> = {}): Scores {
  const [rows, columns] = shape;
  const width = 7;
  const noise = (length: number, factor: number) =>
    Int8Array.from({ length }, (_, place) => ((place * factor) % 255) - 127);
  return {
    ...{ shape, width, query: noise(rows * width, 31), key: noise(columns * width, 89) },
    queryScale: Float32Array.from({ length: rows }, (_, row) => 1e-3 * (1 + (row % 3))),
    keyScale: Float32Array.from({ length: columns }, (_, column) => 1e-2 / (1 + (column % 5))),
    logsumexp: Float32Array.from({ length: rows }, (_, row) => 5 + (row % 2)),
    band: [null, null],
    hidden: new Uint8Array(columns),
    ...change,
  };
}

test("a weight is the exponential of the product less the logsumexp", () => {
  const scores = scoresOf([3, 2]);
  let product = 0;
  for (let place = 0; place < 7; place++) product += scores.query[7 + place] * scores.key[place];
  close([weight(scores, 1, 0)], [Math.exp(product * 2e-3 * 1e-2 - 6)]);
});

test("bands, hidden keys and rows that see nothing", () => {
  const hidden = Uint8Array.of(0, 0, 1, 0, 0);
  const scores = scoresOf([5, 5], { band: [-1, 0], hidden });
  scores.logsumexp[4] = Infinity;
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 5; column++) {
      const seen = column >= row - 1 && column <= row && column !== 2 && row !== 4;
      assert.equal(weight(scores, row, column) > 0, seen, `${row} ${column}`);
    }
  }
});

for (const band of [
  [null, null],
  [null, 0],
  [-40, 3],
] as Scores["band"][]) {
  test(`tiles hold the largest weight of each block, band ${band}`, () => {
    const shape: Shape = [150, 301];
    const hidden = new Uint8Array(301).fill(1, 100, 117);
    const scores = scoresOf(shape, { band, hidden });
    for (const level of [
      [0, 0],
      [1, 0],
      [1, 2],
    ] as Shape[]) {
      const tile: Shape = [level[0] === 0 ? 1 : 0, level[1] === 2 ? 0 : 1];
      const grid = tileOf(scores, { level, tile });
      for (let y = 0; y < grid.rows; y += 3) {
        for (let x = 0; x < grid.columns; x += 5) {
          const top = (tile[0] * TILE + y) << level[0];
          const left = (tile[1] * TILE + x) << level[1];
          let most = 0;
          for (let row = top; row < Math.min(150, top + (1 << level[0])); row++) {
            for (let column = left; column < Math.min(301, left + (1 << level[1])); column++) {
              most = Math.max(most, weight(scores, row, column));
            }
          }
          assert.ok(Math.abs(grid.values[y * grid.columns + x] - most) < 1e-6 * (1 + most));
        }
      }
    }
  });
}

test("pooled weights say the largest of a block", () => {
  const values = weightsOfBytes(Uint8Array.of(0, 255, 243, 231));
  close(values, [0, 1, 0.5, 0.25]);
  const overview = { rows: 2, columns: 2, values, by: [2, 3] as Shape };
  const weights = new PooledWeights([3, 5], overview, new Float32Array(3), new Float32Array(5));
  close(weights.row(2), [0.5, 0.5, 0.5, 0.25, 0.25]);
  close(weights.column(3), [1, 1, 0.25]);
  assert.equal(weights.tile(), null);
});
