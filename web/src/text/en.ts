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
  noViews: "This report holds nothing to show.",
  noMaps: "This model has no attention: there are no weights to show.",
  unreadable: (reason: string) => `The data of this page can't be read: ${reason}`,

  // The sentence that says what is shown
  showing: "Showing",
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
  kernel: (name: string) => `computed by the kernel “${name}”`,

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
  looking: "Looking",
  lookedAtSide: "Looked at",
  mapHeading: "The map",
  mapExplained:
    "A row is a word that looked, a column one that was looked at. Bars at the right: how spread out each row is (entropy). Bars below: what each column received in all.",
  mapKeys:
    "Drag to move, scroll or pinch to zoom. With the keyboard: arrows, plus and minus, 0 for the whole, Enter to keep, Escape to let go.",
  mapName: (rows: number, columns: number) => `Heat map of ${rows} rows and ${columns} columns`,
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  whole: "Whole map",
  entropyBand: "entropy",
  receivedBand: "received",
  linksHeading: "The links",
  linksExplained:
    "Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Below 0.05 none is drawn.",
  linksPart: (first: number, end: number, count: number) => `${first} to ${end} of ${count}`,
  headsHeading: "All layers and heads",
  headsExplained: "One small map for each head, all on one scale. Choose one to see it above.",
  meanShort: "mean",
  headName: (layer: string, head: string) => `${layer}, ${head}`,
  pictureHeading: "The picture",
  pictureExplained:
    "Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",
  pictureWordsHeading: "Word by word",
  pictureName: (word: string) => `Where “${word}” looked`,
  pictureWhole: "The picture, by regions",
  alternativesHeading: "What else the search had",
  alternativesExplained: "Best first, with its score: log-probability after the length penalty.",
  confidenceHeading: "How sure the model was",
  goldLegend: "Drawn by hand: sure (solid), possible (dashed). Dots: the model’s own links.",
  aer: (value: string) => `Alignment error rate ${value}`,
  notesHeading: "Where weight collects",
  sink: (share: string, place: string, where: string) =>
    `${share} of the weight of ${where} rests on ${place}. Such weight says little about meaning.`,
  places: {
    eos: "the end of the sentence",
    first: "the first token",
    punctuation: "punctuation",
    padding: "padding",
  },
  showIt: "Show",
  computing: "Reading …",
};

export type Messages = typeof en;
