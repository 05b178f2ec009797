/** From what a view stores of a head to weights that can be asked. Nothing is decoded before a head is looked at. */
import { computeTile } from "../worker/client.ts";
import { float32s, int8s, uint8s, uint16s } from "./bytes.ts";
import { PooledWeights, weightsOfBytes } from "./pooled.ts";
import { blockOf, type Scores, ScoresWeights } from "./scores.ts";
import { type Block, isStored, isWhole, StoredWeights } from "./stored.ts";
import type {
  AttentionMap,
  Head,
  PooledCells,
  Range,
  ScoresHead,
  Shape,
  StoredHead,
} from "./types.ts";
import type { Overview, Weights } from "./weights.ts";

/** Largest value of 16 bits. */
const ONE = 65535;
/** Heads that stay open; the one that was looked at longest ago is closed first. */
const KEPT = 48;

const opened = new Map<Head, Promise<Weights>>();

export function openHead(head: Head, blocks: AttentionMap["blocks"]): Promise<Weights> {
  const weights = opened.get(head) ?? decoded(head, blocks);
  opened.delete(head);
  opened.set(head, weights);
  if (opened.size > KEPT) opened.delete(opened.keys().next().value!);
  return weights;
}

/** Enough for a small picture: long heads are not decoded whole. */
export async function openOverview(head: Head, blocks: AttentionMap["blocks"]): Promise<Overview> {
  return isStored(head) ? (await openHead(head, blocks)).overview : overviewOf(head.overview);
}

async function decoded(head: Head, blocks: AttentionMap["blocks"]): Promise<Weights> {
  if (isStored(head)) return storedWeights(head, blocks);
  if (head.encoding === "scores" && isWhole(head)) {
    return new StoredWeights(head.shape, [blockOf(await scoresOf(head))], head.precision);
  }
  const overview = await overviewOf(head.overview);
  const bands = [await float32s(head.entropy), await float32s(head.received)] as const;
  if (head.encoding === "pooled") return new PooledWeights(head.shape, overview, ...bands);
  const scores = await scoresOf(head);
  return new ScoresWeights(scores, head.precision, overview, ...bands, computeTile);
}

async function storedWeights(head: StoredHead, places: AttentionMap["blocks"]) {
  const values = Float32Array.from(await uint16s(head.data));
  for (let at = 0; at < values.length; at++) values[at] /= ONE;
  let from = 0;
  const whole: AttentionMap["blocks"] = [[0, 0, ...head.shape]];
  const blocks = (head.encoding === "blocks" && places ? places : whole).map((place): Block => {
    const [row, column, rows, columns] = place;
    const first = from;
    from += rows * columns;
    return { row, column, rows, columns, values: values.subarray(first, from) };
  });
  return new StoredWeights(head.shape, blocks, 0.5 / ONE);
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
    band: head.band,
    hidden: hiddenKeys(head.shape, head.hidden),
  };
}

function hiddenKeys([, columns]: Shape, ranges: Range[]): Uint8Array {
  const hidden = new Uint8Array(columns);
  for (const [first, end] of ranges) hidden.fill(1, first, end);
  return hidden;
}
