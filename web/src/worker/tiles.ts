/** Runs in a worker: keeps the scores it is sent and computes tiles of them. */
import { type Scores, tileOf } from "../view/scores.ts";
import type { Place } from "../view/weights.ts";

export interface Job {
  number: number;
  /** Which scores; sent along the first time. */
  key: number;
  scores?: Scores;
  place: Place;
}

const kept = new Map<number, Scores>();

self.onmessage = ({ data }: MessageEvent<Job>) => {
  if (data.scores) kept.set(data.key, data.scores);
  const grid = tileOf(kept.get(data.key)!, data.place);
  self.postMessage({ number: data.number, grid }, { transfer: [grid.values.buffer] });
};
