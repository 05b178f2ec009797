import type { ModelParts } from "../view/types.ts";

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Every string of the report in English; a string that another language lacks does not compile. */
export const en = {
  language: "English",
  languageSwitch: "Language",
  themeSwitch: "Colours",
  light: "Light",
  dark: "Dark",

  // Which views, and beside which
  views: "Texts",
  compareWith: "Beside it",
  nothingBeside: "nothing",
  itself: "the same text, for another layer or head",
  noViews: "This report holds nothing to show.",
  noMaps: "This model has no attention: there are no weights to show.",
  unreadable: (reason: string) => `The data of this page can't be read: ${reason}`,

  modelParts: (model: ModelParts) =>
    [
      { lstm: "LSTM", gru: "GRU", transformer: "Transformer" }[model.architecture] ??
        model.architecture,
      model.encoder_layers === null
        ? plural(model.decoder_layers, "layer")
        : `${model.encoder_layers} + ${model.decoder_layers} layers`,
      model.heads === null ? "" : plural(model.heads, "head"),
      `width ${model.width}`,
      model.attention === null
        ? ""
        : model.attention === "none"
          ? "no attention"
          : `${model.attention} score`,
      model.vision === null ? "" : `sees with ${model.vision}`,
    ]
      .filter(Boolean)
      .join(", "),

  // The sentence that says what is shown
  showing: "Showing ",
  comma: ", ",
  map: "Map",
  mapKinds: {
    cross: "cross-attention",
    encoder: "the encoder’s self-attention",
    decoder: "the decoder’s self-attention",
    self: "self-attention",
    causal: "causal self-attention",
    unknown: "attention",
  },
  layer: "Layer",
  layerNumber: (number: number) => `layer ${number}`,
  head: "Head",
  headNumber: (number: number) => `head ${number}`,
  meanOfHeads: (count: number) => `the mean of ${count} heads`,
  unit: "Unit",
  words: "by word",
  tokens: "by token",
  scale: "Shades",
  linear: "on a linear scale",
  log: "on a logarithmic scale",
  kernel: (name: string) => `Computed by the kernel ${name}.`,

  // What is looked at
  pointAtWord: "Point at a word to see what it looked at and what looked at it.",
  lookedAt: (query: string) => `“${query}” looked at`,
  lookedAtBy: (key: string) => `“${key}” was looked at by`,
  cell: (query: string, key: string) => `“${query}” looked at “${key}”`,
  nothingSeen: "nothing",
  locked: "Kept. Escape lets go.",
  letGo: "Let go",
  rest: (count: number, weight: string) => `${count} others ${weight}`,
  entropy: (nats: string, alike: string) =>
    `Entropy ${nats} nats, as spread as ${alike} equal weights.`,
  received: (sum: string) => `Received ${sum} in all.`,
  probability: (value: string) => `Probability ${value}.`,

  // Precision
  exact: (error: string) => `Weights are shown to within ${error}.`,
  bound: (rows: number, columns: number) =>
    `Weights are pooled: a number is the largest of ${rows} × ${columns} weights; single ones are not in this file.`,

  // Figures
  textHeading: "The text",
  textExplained:
    "Point at a word. The darker a word in the other text, the more weight it received; the bar under a word shows how probable the model found it.",
  textExplainedSelf:
    "The same text twice: above as what is looked at, below as what is looking. The darker a word, the more weight.",
  looking: "looking",
  lookedAtSide: "looked at",
  sideRole: (name: string, role: string) => (name ? `${name}, ${role}` : role),
  /** By what Python calls the sides. */
  sides: {
    source: "Source",
    target: "Target",
    read: "What the decoder had read",
    regions: "Regions",
    queries: "Queries",
    keys: "Keys",
    tokens: "Tokens",
  } as Record<string, string>,
  mapHeading: "The map",
  mapExplained:
    "A row is a word that looked, a column one that was looked at. Bars at the right: how spread out a row is (entropy); below: what a column received in all.",
  gap: " ", // between two sentences
  mapKeys:
    "Click to keep a cell. Pinch, or hold Ctrl and scroll, to zoom; drag to move. Keyboard: arrows, + and −, 0 for the whole map, Escape to let go.",
  mapName: (rows: number, columns: number) => `Heat map of ${rows} rows and ${columns} columns`,
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  whole: "Whole map",
  entropyBand: "entropy",
  receivedBand: "received",
  linksHeading: "The links",
  linksExplained:
    "Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Small weights are left out.",
  linksPart: (first: number, end: number, count: number) => `${first} to ${end} of ${count}`,
  headsHeading: "All layers and heads",
  headsExplained: "One small map for each head, all on one scale. Choose one to see it above.",
  headName: (layer: string, head: string) => `${layer}, ${head}`,
  pictureHeading: "The picture",
  pictureExplained:
    "Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",
  pictureWordsHeading: "Word by word",
  pictureWordsExplained: "Where each word of the caption looked.",
  pictureName: (word: string) => `Where “${word}” looked`,
  pictureWhole: "The picture, by regions",
  alternativesHeading: "What else the search had",
  alternativesExplained:
    "Best first, with its score: log-probability after the length penalty. Underlined: what differs from the best.",
  confidenceHeading: "Where the model was least sure",
  confidenceExplained: "Probability of each word given those before it, the lowest first.",
  goldLegend:
    "Frames are links drawn by hand: sure (solid), possible (dashed); dots are the model’s own.",
  aer: (value: string) => `Alignment error rate ${value}.`,
  notesHeading: "Where weight collects",
  notesExplained:
    "Heads that rest on a few places whatever the word. Such weight says little about meaning.",
  headIn: (map: string, layer: string, head: string) => `${map}, ${layer}, ${head}`,
  sink: (share: string, place: string) => `${share} of its weight on ${place}`,
  places: {
    eos: "the end of the sentence",
    first: "the first token",
    punctuation: "punctuation",
    padding: "padding",
  },
  computing: "Reading …",
};

export type Messages = typeof en;
