/** What is looked at, and how it is written into the address, so that it can be linked to. */
import { isWhole } from "./stored.ts";
import type { View } from "./types.ts";

/** One column of the page. */
export interface Pane {
  view: number;
  map: number;
  layer: number;
  /** null: the mean of the layer's heads. */
  head: number | null;
}

/** A row and a column of the map that is shown; null: none is chosen. */
export interface Focus {
  row: number | null;
  column: number | null;
}

export type Unit = "tokens" | "words";
export type Scale = "linear" | "log";

export interface Selection extends Focus {
  /** One, or two side by side. */
  panes: Pane[];
  unit: Unit;
  /** null: what suits the map's size. */
  scale: Scale | null;
}

export const NOWHERE: Focus = { row: null, column: null };

export function fragmentOf(selection: Selection): string {
  const [pane, beside] = selection.panes;
  const parts: Record<string, string | number | null> = {
    ...{ view: pane.view, map: pane.map, layer: pane.layer, head: pane.head ?? "mean" },
    ...{ row: selection.row, column: selection.column, mode: selection.unit },
    scale: selection.scale,
    beside: beside && [beside.view, beside.map, beside.layer, beside.head ?? "mean"].join("."),
  };
  const said = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined);
  return said.map(([name, value]) => `${name}=${value}`).join("&");
}

/** Names and values of what is looked at in the first pane of the only view. */
export function partsOf(selection: Selection): [string, string][] {
  const said = new URLSearchParams(fragmentOf({ ...selection, panes: [selection.panes[0]] }));
  said.delete("view");
  return [...said];
}

/** What a fragment says, as far as the views have it; the rest as at first sight. */
export function selectionOf(fragment: string, views: View[]): Selection {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const pane = paneOf(
    ["view", "map", "layer", "head"].map((name) => said.get(name)),
    views,
  );
  const beside = said.get("beside")?.split(".");
  const scale = said.get("scale");
  return {
    panes: beside ? [pane, paneOf(beside, views)] : [pane],
    unit: said.get("mode") === "tokens" ? "tokens" : "words",
    scale: scale === "linear" || scale === "log" ? scale : null,
    row: numberOf(said.get("row"), Infinity),
    column: numberOf(said.get("column"), Infinity),
  };
}

/** The last layer of the first map, where most is to be seen; the mean of its heads if it has several. */
export function firstPane(view: number, { maps }: View, map = 0): Pane {
  const layers = maps[map]?.layers ?? [];
  const heads = layers.at(-1)?.heads ?? [];
  const several = heads.length > 1 && heads.every(isWhole);
  return {
    view,
    map,
    layer: Math.max(0, layers.length - 1),
    head: several ? null : 0,
  };
}

function paneOf([view, map, layer, head]: (string | null | undefined)[], views: View[]): Pane {
  const number = numberOf(view, views.length) ?? 0;
  const { maps } = views[number];
  const pane = firstPane(number, views[number], numberOf(map, maps.length) ?? 0);
  const layers = maps[pane.map]?.layers ?? [];
  pane.layer = numberOf(layer, layers.length) ?? pane.layer;
  const given = numberOf(head, layers[pane.layer]?.heads.length ?? 0);
  return { ...pane, head: given ?? pane.head };
}

function numberOf(text: string | null | undefined, end: number): number | null {
  return text && /^\d{1,9}$/.test(text) && Number(text) < end ? Number(text) : null;
}
