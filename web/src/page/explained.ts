/** The counterpart of qkv.inspection.explaining: how one row of attention came about, and what was said next. */
import type { AttentionKind } from "./changes.ts";

export interface Explained {
  kind: AttentionKind;
  /** From 1. */
  step: number;
  steps: number;
  token: string;
  before: string[];
  architecture: "rnn" | "transformer";
  order: string;
  normed: boolean;
  gate: number | null;
  /** From 0. */
  layer: number | null;
  layers: number;
  head: number | null;
  head_count: number;
  head_named: boolean;
  grid: number;
  look: Look | null;
  heads: Heads | null;
  prediction: Prediction | null;
}

export interface Look {
  score: string;
  scale: number;
  width: number;
  query: number[];
  energy: number[];
  /** From 1. */
  dimensions: number[];
  other_dimensions: number;
  keys: Key[];
  others: OtherKeys | null;
  hidden: number;
  shift: number;
  total: number;
  hard: boolean;
  pinned: boolean;
  value_width: number;
  context: number[];
  value_dimensions: number[];
}

export interface Key {
  /** From 1. */
  number: number;
  token: string;
  /** At `Look.dimensions`. */
  numbers: number[];
  products: number[];
  rest: number;
  product: number;
  bias: number;
  score: number;
  exp: number;
  share: number;
  weight: number;
  /** At `Look.value_dimensions`. */
  brought: number[];
}

export interface OtherKeys {
  count: number;
  exp: number;
  share: number;
  weight: number;
  brought: number[];
}

export interface Heads {
  key: number;
  token: string;
  mean: number;
  heads: { number: number; token: string; strongest: number; weight: number }[];
  others: number;
  other_weight: number;
}

export interface Prediction {
  token: string;
  id: number;
  rank: number;
  probability: number;
  log_probability: number;
  words: Word[];
  others: number;
  other_probability: number;
}

export interface Word {
  token: string;
  id: number;
  logit: number;
  probability: number;
  /** The text so far with this token: what a result begins with where it is forced. */
  text: string;
}
