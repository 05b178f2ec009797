/** What one column of the page shows: weights of a layer and head with the pieces of their rows and columns. */
import { mean, merged } from "./grouping.ts";
import { openHead } from "./open.ts";
import { type Piece, pieces, ranges } from "./pieces.ts";
import type { Pane, Scale, Unit } from "./selection.ts";
import { isWhole, type StoredWeights } from "./stored.ts";
import type { AttentionMap, Layer, Side, View } from "./types.ts";
import type { Weights } from "./weights.ts";

export interface Shown {
  map: AttentionMap;
  layer: Layer;
  weights: Weights;
  /** What the rows and columns really are: a long map's are tokens, whatever was asked for. */
  unit: Unit;
  querySide: Side;
  keySide: Side;
  rows: Piece[];
  columns: Piece[];
}

/** More columns than this have weights too small for a linear scale. */
const LINEAR_COLUMNS = 64;

export const suitingScale = (weights: Weights): Scale =>
  weights.shape[1] > LINEAR_COLUMNS ? "log" : "linear";

/** A module's name without what all layers of its map begin with. */
export function layerName({ name }: AttentionMap, layer: Layer): string {
  return name && layer.name.startsWith(`${name}.`) ? layer.name.slice(name.length + 1) : layer.name;
}

export const canBeMerged = (layer: Layer) => layer.heads.every(isWhole);

export async function load(view: View, pane: Pane, wanted: Unit): Promise<Shown | null> {
  const map = view.maps[pane.map];
  const layer = map?.layers[pane.layer];
  if (!layer || layer.heads.length === 0) return null;
  const [querySide, keySide] = [view.sides[map.rows], view.sides[map.columns]];
  const unit = canBeMerged(layer) ? wanted : "tokens";
  const weights = await headWeights(map, layer, pane.head);
  const groups = [ranges(querySide, unit), ranges(keySide, unit)] as const;
  return {
    ...{
      map,
      layer,
      unit,
      querySide,
      keySide,
      weights: unit === "words" ? merged(weights, ...groups) : weights,
    },
    rows: pieces(querySide, unit),
    columns: pieces(keySide, unit),
  };
}

async function headWeights({ blocks }: AttentionMap, layer: Layer, head: number | null) {
  if (head !== null || !canBeMerged(layer)) return openHead(layer.heads[head ?? 0], blocks);
  const heads = await Promise.all(layer.heads.map((each) => openHead(each, blocks)));
  return mean(heads as StoredWeights[]);
}
