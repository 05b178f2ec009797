/** Weights of which only the largest of each block is known. */
import type { Shape } from "./types.ts";
import type { Overview, Weights } from "./weights.ts";

export class PooledWeights implements Weights {
  readonly precision = null;

  constructor(
    readonly shape: Shape,
    readonly overview: Overview,
    readonly entropy: Float32Array,
    readonly received: Float32Array,
  ) {}

  tile(): null {
    return null;
  }

  row(row: number): Float32Array {
    return Float32Array.from({ length: this.shape[1] }, (_, column) => this.cell(row, column));
  }

  column(column: number): Float32Array {
    return Float32Array.from({ length: this.shape[0] }, (_, row) => this.cell(row, column));
  }

  cell(row: number, column: number): number {
    const { by, columns, values } = this.overview;
    return values[Math.floor(row / by[0]) * columns + Math.floor(column / by[1])];
  }
}

const WEIGHT_OF_BYTE = Float32Array.from({ length: 256 }, (_, byte) =>
  byte === 0 ? 0 : 2 ** ((byte - 255) / 12),
);

export function weightsOfBytes(bytes: Uint8Array): Float32Array {
  const weights = new Float32Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) weights[at] = WEIGHT_OF_BYTE[bytes[at]];
  return weights;
}
