/** One number for each row or column of weights. */
import type { Grid } from "./weights.ts";

/** In nats. */
export function entropies({ rows, columns, values }: Grid): Float32Array {
  const nats = new Float32Array(rows);
  for (let at = 0; at < values.length; at++) {
    if (values[at] > 0) nats[Math.floor(at / columns)] -= values[at] * Math.log(values[at]);
  }
  return nats.map((value) => Math.max(0, value));
}

export function received({ columns, values }: Grid): Float32Array {
  const sums = new Float64Array(columns);
  for (let at = 0; at < values.length; at++) sums[at % columns] += values[at];
  return Float32Array.from(sums);
}

/** Places of the largest values, the largest first; zeros are left out. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < values.length; place++) {
    if (!(values[place] > 0)) continue;
    if (places.length === count && values[place] <= values[places[count - 1]]) continue;
    const before = places.findIndex((other) => values[other] < values[place]);
    places.splice(before < 0 ? places.length : before, 0, place);
    places.length = Math.min(places.length, count);
  }
  return places;
}
