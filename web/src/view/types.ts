/** What is to be shown of one text or picture, as Python writes it: the counterpart of qkv.inspection.view. */

export type Range = [first: number, end: number];

export interface Report {
  format: "qkv views 1";
  title: string;
  views: View[];
}

export interface View {
  title: string;
  model: Model | null;
  sides: Side[];
  picture: Picture | null;
  maps: AttentionMap[];
  /** Of the beam, the one that is shown first. */
  alternatives: { text: string; score: number }[];
  gold: Gold | null;
  notes: Note[];
}

export interface Model {
  name: string;
  /** In words of whoever made the view. */
  description?: string;
  parts?: ModelParts;
}

/** null: the model has none. */
export interface ModelParts {
  architecture: string;
  encoder_layers: number | null;
  decoder_layers: number;
  heads: number | null;
  width: number;
  attention: string | null;
  vision: string | null;
}

export interface Side {
  name: string;
  text: string;
  tokens: string[];
  /** Token ranges of the words, in order, covering all tokens. */
  words: Range[];
  /** What each word is called: its text. */
  shown: string[];
  /** What stands in the text before each token. */
  spaces: string[];
  /** Of each token given those before it. */
  probabilities: number[] | null;
}

export interface Picture {
  src: string;
  width: number;
  height: number;
  /** left, top, right, bottom in pixels, one for each token of side 0. */
  boxes: [number, number, number, number][];
}

export type MapKind = "cross" | "encoder" | "decoder" | "self" | "causal" | "unknown";

export interface AttentionMap {
  kind: MapKind;
  name: string;
  /** Numbers of the sides that the queries and the keys are tokens of. */
  rows: number;
  columns: number;
  /** Of a text translated sentence by sentence, first row, first column, rows and columns of each: all else is 0. */
  blocks: [row: number, column: number, rows: number, columns: number][] | null;
  layers: Layer[];
}

export interface Layer {
  name: string;
  kernel: string;
  heads: Head[];
}

export type Shape = [rows: number, columns: number];

/** A text of `bytes.ts`. */
export type Encoded = string;

export interface PooledCells {
  shape: Shape;
  /** How many rows and columns a cell stands for. */
  by: [rows: number, columns: number];
  data: Encoded;
}

/** 16 bits a weight: of the whole map, or of its blocks one after the other. */
export interface StoredHead {
  encoding: "dense" | "blocks";
  shape: Shape;
  data: Encoded;
}

interface LongHead {
  shape: Shape;
  overview: PooledCells;
  /** Nats, of each row. */
  entropy: Encoded;
  /** Sum of each column. */
  received: Encoded;
}

export interface ScoresHead extends LongHead {
  encoding: "scores";
  width: number;
  query: Encoded;
  query_scale: Encoded;
  key: Encoded;
  key_scale: Encoded;
  logsumexp: Encoded;
  /** Query i sees keys i + first … i + last; null: no bound on that side. */
  band: [first: number | null, last: number | null];
  /** Key ranges that no query sees. */
  hidden: Range[];
  /** Greatest |shown − true weight|. */
  precision: number;
}

export interface PooledHead extends LongHead {
  encoding: "pooled";
}

export type Head = StoredHead | ScoresHead | PooledHead;

export interface Gold {
  /** Word numbers: source, target. */
  sure: [number, number][];
  possible: [number, number][];
  /** The model's own. */
  links: [number, number][];
  aer: number;
}

export interface Note {
  kind: "sink";
  map: number;
  layer: number;
  head: number;
  place: "eos" | "first" | "punctuation" | "padding";
  share: number;
}
