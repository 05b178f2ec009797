/** The server's own API, as far as the page calls it. */

import type { View } from "../view/types.ts";
import type { AttentionKind, Changes } from "./changes.ts";
import type { Explained } from "./explained.ts";

export interface Model {
  name: string;
  kind: "translation" | "captioning";
  source: string | null;
  target: string | null;
  architecture: string;
  attention: string;
  parameters: number;
  /** Heads of each layer. */
  layers: Record<AttentionKind, number[]>;
  /** Fields of Changes that it can take. */
  changes: (keyof Changes)[];
}

/** Of a translation or a caption, as their as_dict() has it. */
export interface Result {
  text?: string;
  caption?: string;
  score: number;
  log_probability: number;
  /** Start and end in the text, in characters. */
  tokens: [token: string, start: number, end: number][];
  /** Of a translation: shares of unknown source tokens and of repeated runs of three tokens. */
  unknown_share?: number;
  repetition?: number;
  /** In English; there only if the text is odd. */
  warnings?: string[];
}

export interface Viewed {
  model: string;
  result: Result;
  view: View;
}

export interface Explanation {
  model: string;
  explained: Explained;
  text: string;
}

/** What went wrong. status 0: no answer came; sentence: the server's own, in English. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

const TOKEN = "qkv.token";
let typed: string | null = null;

/** Kept until the tab is closed; a browser that keeps nothing has it until the page is left. */
export function keepToken(token: string) {
  typed = token;
  try {
    sessionStorage.setItem(TOKEN, token);
  } catch {
    return;
  }
}

function token(): string | null {
  try {
    return typed ?? sessionStorage.getItem(TOKEN);
  } catch {
    return typed;
  }
}

export const hasToken = () => token() !== null;

export const models = async (signal: AbortSignal): Promise<Model[]> =>
  (await call<{ models: Model[] }>("v1/models", undefined, signal)).models;

export const view = (body: object, signal: AbortSignal) => call<Viewed>("v1/view", body, signal);

export const explain = (body: object, signal: AbortSignal) =>
  call<Explanation>("v1/explain", body, signal);

/** Raises Failure, or an AbortError when the signal says so. */
async function call<Answer>(
  path: string,
  body: object | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const known = token();
  const response = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: {
      ...(body ? { "Content-Type": "application/json" } : {}),
      ...(known ? { Authorization: `Bearer ${known}` } : {}),
    },
    body: body && JSON.stringify(body),
    signal,
  }).catch((reason) => {
    if (signal.aborted) throw reason;
    throw new Failure(0, String(reason));
  });
  const answer = await response.json().catch((reason) => {
    if (signal.aborted) throw reason;
    throw new Failure(response.ok ? 0 : response.status, response.statusText);
  });
  if (!response.ok) throw new Failure(response.status, sentenceOf(answer));
  return answer;
}

function sentenceOf(answer: unknown): string {
  const said = (answer as { error?: unknown } | null)?.error;
  return typeof said === "string" ? said : "";
}
