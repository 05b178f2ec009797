/** From what a view stores of a head to weights that can be asked. Nothing is decoded before a head is looked at. */
import { computeTile } from "../worker/client.ts";
import { float32s, int8s, uint8s, uint16s } from "./bytes.ts";
import { DenseWeights } from "./dense.ts";
import { PooledWeights, weightsOfBytes } from "./pooled.ts";
import { type Scores, ScoresWeights } from "./scores.ts";
import type { Head, PooledCells, Range, ScoresHead, Shape } from "./types.ts";
import type { Overview, Weights } from "./weights.ts";

/** Largest value of a dense head's 16 bits. */
const ONE = 65535;

const opened = new WeakMap<Head, Promise<Weights>>();

export function openHead(head: Head): Promise<Weights> {
  const weights = opened.get(head) ?? decoded(head);
  opened.set(head, weights);
  return weights;
}

/** Enough for a small picture: long heads are not decoded whole. */
export async function openOverview(head: Head): Promise<Overview> {
  return head.encoding === "dense" ? (await openHead(head)).overview : overviewOf(head.overview);
}

async function decoded(head: Head): Promise<Weights> {
  if (head.encoding === "dense") {
    const [rows, columns] = head.shape;
    const values = Float32Array.from(await uint16s(head.data), (value) => value / ONE);
    return new DenseWeights({ rows, columns, values }, 0.5 / ONE);
  }
  const overview = await overviewOf(head.overview);
  const bands = [await float32s(head.entropy), await float32s(head.received)] as const;
  if (head.encoding === "pooled") return new PooledWeights(head.shape, overview, ...bands);
  const scores = await scoresOf(head);
  return new ScoresWeights(scores, head.precision, overview, ...bands, computeTile);
}

async function overviewOf({ shape: [rows, columns], by, data }: PooledCells): Promise<Overview> {
  return { rows, columns, by, values: weightsOfBytes(await uint8s(data)) };
}

async function scoresOf(head: ScoresHead): Promise<Scores> {
  return {
    shape: head.shape,
    width: head.width,
    query: await int8s(head.query),
    queryScale: await float32s(head.query_scale),
    key: await int8s(head.key),
    keyScale: await float32s(head.key_scale),
    logsumexp: await float32s(head.logsumexp),
    causal: head.causal,
    hidden: hiddenKeys(head.shape, head.hidden),
  };
}

function hiddenKeys([, columns]: Shape, ranges: Range[]): Uint8Array {
  const hidden = new Uint8Array(columns);
  for (const [first, end] of ranges) hidden.fill(1, first, end);
  return hidden;
}
