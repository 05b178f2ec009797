/** What if: the steps a person took, the `Changes` that they ask the server for, and how they stand in the address. */

import { visible } from "../view/pieces.ts";
import type { Side } from "../view/types.ts";

export type AttentionKind = "cross" | "encoder" | "decoder";

/** Heads of one layer of cross-attention; null: all of them. */
export interface Place {
  layer: number | null;
  head: number | null;
}

/** One step that can be taken back. Rows are target tokens, columns source tokens, each a word's. */
export type Change =
  | { do: "force"; prefix: string }
  | { do: "hide"; columns: number[] }
  | ({ do: "forbid"; rows: number[]; columns: number[] } & Place)
  | ({ do: "pin"; rows: number[]; columns: number[] } & Place)
  | { do: "headOff"; kind: AttentionKind; layer: number; head: number };

/** The counterpart of qkv.pipeline.changes.Changes. */
export interface Changes {
  prefix?: string;
  hide?: number[];
  heads_off?: { kind: AttentionKind; layer: number; heads: number[] }[];
  forbid?: ({ row: number; column: number } & Heads)[];
  pin?: ({ row: number; weights: Record<string, number> } & Heads)[];
}

interface Heads {
  layer?: number;
  heads?: number[];
}

/** Fields of Changes that a step needs a model to take. */
export const FIELD: Record<Change["do"], keyof Changes> = {
  force: "prefix",
  hide: "hide",
  forbid: "forbid",
  pin: "pin",
  headOff: "heads_off",
};

export function changesOf(steps: Change[]): Changes {
  const all = <Do extends Change["do"]>(what: Do) =>
    steps.filter((step): step is Extract<Change, { do: Do }> => step.do === what);
  const changes: Changes = {
    prefix: all("force").at(-1)?.prefix,
    hide: all("hide").flatMap(({ columns }) => columns),
    heads_off: all("headOff").map(({ kind, layer, head }) => ({ kind, layer, heads: [head] })),
    forbid: all("forbid").flatMap(forbidden),
    pin: all("pin").flatMap(pinned),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, asked]) => asked?.length));
}

function forbidden({ rows, columns, ...place }: Extract<Change, { do: "forbid" }>) {
  return rows.flatMap((row) => columns.map((column) => ({ row, column, ...headsOf(place) })));
}

/** A word of several tokens gets the same weight on each. */
function pinned({ rows, columns, ...place }: Extract<Change, { do: "pin" }>) {
  const weights = Object.fromEntries(columns.map((column) => [column, 1 / columns.length]));
  return rows.map((row) => ({ row, weights, ...headsOf(place) }));
}

function headsOf({ layer, head }: Place): Heads {
  return {
    ...(layer === null ? {} : { layer }),
    ...(head === null ? {} : { heads: [head] }),
  };
}

/** With one step more; what it contradicts is taken back, and a step that is there already too. */
export function changed(steps: Change[], step: Change): Change[] {
  if (steps.some((other) => same(other, step))) return steps.filter((other) => !same(other, step));
  return withStep(steps, step);
}

const withStep = (steps: Change[], step: Change): Change[] => [
  ...steps.filter((other) => !same(other, step) && !contradicts(other, step)),
  step,
];

export const keyOf = (step: Change): string => JSON.stringify(step);

const same = (one: Change, other: Change) => keyOf(one) === keyOf(other);

/** Tokens of a side as they are read, one after the other. */
export const wordsAt = ({ tokens, spaces }: Side, numbers: number[]): string =>
  numbers
    .map((number, place) => (place ? (spaces[number] ?? "") : "") + visible(tokens[number] ?? "?"))
    .join("");

function contradicts(one: Change, other: Change): boolean {
  if (one.do === "force") return other.do === "force";
  if (one.do === "pin" && other.do === "pin")
    return meet(one, other) && shared(one.rows, other.rows);
  const [first, second] = [one, other].sort((a, b) => a.do.localeCompare(b.do));
  if (second.do !== "pin") return false;
  if (first.do === "hide") return shared(first.columns, second.columns);
  return (
    first.do === "forbid" &&
    meet(first, second) &&
    shared(first.rows, second.rows) &&
    shared(first.columns, second.columns)
  );
}

const shared = (some: number[], others: number[]) => some.some((number) => others.includes(number));

function meet(one: Place, other: Place): boolean {
  const alike = (a: number | null, b: number | null) => a === null || b === null || a === b;
  return alike(one.layer, other.layer) && alike(one.head, other.head);
}

export const isOff = (steps: Change[], kind: AttentionKind, layer: number, head: number) =>
  steps.some((step) => same(step, { do: "headOff", kind, layer, head }));

/** What an address said, as far as it makes sense; of steps that contradict each other the last. */
export function readChanges(text: string | null): Change[] {
  let said: unknown;
  try {
    said = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  const read = Array.isArray(said) ? said.map(readChange).filter((step) => step !== null) : [];
  return read.reduce(withStep, []);
}

function readChange(said: unknown): Change | null {
  if (typeof said !== "object" || said === null) return null;
  const { do: what, prefix, kind, layer, head, rows, columns } = said as Record<string, unknown>;
  if (what === "force") return typeof prefix === "string" ? { do: what, prefix } : null;
  if (what === "hide") return areNumbers(columns) ? { do: what, columns } : null;
  if (what === "forbid" || what === "pin") {
    const [inLayer, inHead] = [numberOrNull(layer), numberOrNull(head)];
    if (!areNumbers(rows) || !areNumbers(columns)) return null;
    return { do: what, rows, columns, layer: inLayer, head: inHead };
  }
  if (what !== "headOff" || !isNumber(layer) || !isNumber(head) || !isKind(kind)) return null;
  return { do: what, kind, layer, head };
}

const isNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

const numberOrNull = (value: unknown) => (isNumber(value) ? value : null);

const areNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every(isNumber);

const isKind = (value: unknown): value is AttentionKind =>
  value === "cross" || value === "encoder" || value === "decoder";
