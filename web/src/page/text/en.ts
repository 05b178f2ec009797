/** Every string of the live page in English; a string that another language lacks does not compile. */
import type { AttentionKind } from "../changes.ts";

export const en = {
  subtitle: "What did the model look at?",
  documentTitle: "qkv: what did the model look at?",
  takeTour: "Tour",
  largeType: "Large type",

  // Asking
  model: "Model",
  architectures: { rnn: "RNN", transformer: "Transformer" } as Record<string, string>,
  withAttention: (name: string) => `${name} attention`,
  withoutAttention: "one fixed vector, no attention",
  captions: "describes pictures",
  sourceHeading: "Text",
  sourceHint: "Type a sentence",
  pictureHeading: "Picture",
  choosePicture: "Choose a picture",
  dropPicture: "or drop one here. It goes to this server alone.",
  pictureAlt: "The picture that is described",
  sharedWithoutPicture:
    "The address holds what was changed, but no picture: choose the picture again to see it.",
  notAPicture: (name: string) => `“${name}” is no picture.`,
  pictureTooLarge: (name: string) => `“${name}” is larger than 8 MB.`,

  // What came out
  translation: "Translation",
  caption: "Caption",
  before: "Before",
  after: "After",
  unchangedText: "The same text as before.",
  working: "Working …",
  empty: "Nothing to translate yet.",
  wordHint: "Choose a word to see how it came about and to try another.",
  score: (score: string) => `score ${score}`,
  scoreExplained: "Log-probability after the length penalty: nearer to 0 is better.",
  odd: (unknown: string, repeated: string) =>
    `Read this with care: the text is unlike what the model was trained on, or its translation repeats itself. Unknown to the model: ${unknown} of the tokens of the text; repeated: ${repeated} of the translation.`,
  alternativesHeading: "The beam’s results",
  alternativesExplained:
    "The search kept several texts. Choose one to see what the model looked at for it.",
  best: "best",

  // What if
  stepsHeading: "What if",
  takeBack: "Take back",
  takeAllBack: "Take all back",
  steps: {
    force: (prefix: string) => `The text begins with “${prefix}”`,
    hide: (words: string) => `“${words}” is hidden`,
    forbid: (row: string, column: string) => `${row} may not look at “${column}”`,
    pin: (row: string, column: string) => `${row} looks at “${column}” alone`,
    headOff: (kind: AttentionKind, layer: number, head: number) =>
      `${{ cross: "Cross-attention", encoder: "Encoder", decoder: "Decoder" }[kind]}, layer ${layer}: head ${head} is off`,
  },
  atWord: (number: string, word: string) => `“${word}” (token ${number})`,
  atWords: (numbers: string, words: string) => `“${words}” (tokens ${numbers})`,
  atToken: (number: string) => `Token ${number}`,
  atTokens: (numbers: string) => `Tokens ${numbers}`,
  region: (place: string) => `region ${place}`,
  inHead: (layer: number | null, head: number | null) =>
    ` (${[layer === null ? "all layers" : `layer ${layer}`, head === null ? "all heads" : `head ${head}`].join(", ")})`,
  textIsNew: "The text is a new one: what was changed in the old one has been taken back.",
  copyAddress: "Copy address",
  addressCopied: "The address is copied. It holds text and changes.",
  addressNotCopied: "The browser does not let the page copy; copy it from the address bar.",

  // What is chosen
  chosenHeading: "Chosen",
  nothingChosen:
    "Choose a word of either side, or a cell of the map. What it looked at, how the number came about and what you can change will stand here.",
  lookedAt: (word: string) => `“${word}” looked at`,
  sourceWord: (word: string) => `Source word “${word}”`,
  hide: "Hide it",
  hidden: "Hidden; show it again",
  onlyHere: "Only here",
  onlyHereFull: (row: string, column: string) => `Let “${row}” look at “${column}” alone`,
  notHere: "Not here",
  notHereFull: (row: string, column: string) => `Forbid “${row}” to look at “${column}”`,
  onlyShown: "In the layer and head shown only",
  sayInstead: "Likeliest words here",
  sayInsteadHint: "Choose one, and the model goes on from there.",
  sayTyped: "Or another word",
  say: "Say it",
  letGo: "Let go",
  tokensOfWord: "Tokens of the word",
  severalTokens: (count: number) =>
    `The word is ${count} tokens; above stands their mean, below the one chosen:`,

  // Heads
  headsHeading: "Switch heads off",
  headsExplained: "A head that is off sees nothing and adds nothing.",
  headsOf: { cross: "Cross-attention", encoder: "Encoder", decoder: "Decoder" } as Record<
    AttentionKind,
    string
  >,
  layer: (number: number) => `layer ${number}`,
  switchOff: (kind: string, layer: number, head: number) =>
    `${kind}, layer ${layer}, head ${head}: off`,

  // How a number came about
  explainHeading: "How the numbers came about",
  explainOf: (token: string, step: number, layer: number, head: number) =>
    `“${token}”, step ${step}, layer ${layer}, head ${head}`,
  headChosen: ": the head that looked hardest",
  stages: {
    query: "1. The query",
    products: "2. Compared with each key",
    weights: "3. Softmax: weights",
    values: "4. What the values brought",
    prediction: "5. The next word",
  },
  queryOf: {
    cross: (step: number) => `The decoder’s state at step ${step} asks: what do I need now?`,
    encoder: (step: number) => `Position ${step} of the source asks all positions of the source.`,
    decoder: (step: number) => `Step ${step} asks the words said so far.`,
  } as Record<AttentionKind, (step: number) => string>,
  dimension: (number: number) => `dim. ${number}`,
  withKey: (key: string) => `With the key of “${key}”:`,
  bias: "Bias",
  formulas: {
    dot: "q · k",
    "scaled dot": "q · k / √d",
    general: "(W q) · k",
    additive: "v · tanh(W q + U k)",
  } as Record<string, string>,
  key: "Key",
  product: "q · k",
  scaled: (scale: string) => `× ${scale}`,
  score_: "Score",
  exp: "exp",
  weight: "Weight",
  others: (count: number) => `${count} others`,
  hiddenKeys: (count: number) => `${count} more could not be seen.`,
  restOfProducts: (count: number) => `other ${count}`,
  softmaxSum: (largest: string, total: string) =>
    `Each score, less the largest (${largest}), goes through exp; a weight is that over the sum of all, ${total}.`,
  hardAttention: "Hard attention: the likeliest key alone has weight.",
  pinnedRow:
    "These weights were given from outside; the softmax is what the model would have used.",
  broughtExplained: (width: number) =>
    `Weight times value, added up, is the context: ${width} numbers. The largest:`,
  context: "Context",
  othersTogether: "+ all other keys =",
  ofHead: (weight: string, head: number) => `${weight} (head ${head})`,
  ofOtherHeads: (weight: string, count: number) => `${weight} (${count} more)`,
  meanOfHeads: (key: string, terms: string, count: number, mean: string) =>
    `The mean of the ${count} heads on “${key}”: (${terms}) / ${count} = ${mean}. Below, one head.`,
  predictionExplained: (probability: string, rank: number) =>
    `Probability ${probability}, rank ${rank} in the vocabulary.`,
  oneVector:
    "This model read its source as one vector: there was nothing to compare and to choose from.",
  fullPage: "As a page of text, as qkv explain prints it",

  // Trouble
  tokenHeading: "This server asks for a token",
  tokenExplained: "Whoever started the server knows it. It is kept until this tab is closed.",
  tokenLabel: "Token",
  tokenWrong: "That was not this server’s token.",
  tokenSend: "Go on",
  failures: {
    0: "The server does not answer. Is it still running?",
    401: "This server asks for a token.",
    403: "The token is not this server’s.",
    404: "The server has nothing of that name.",
    408: "The server took too long. Try a shorter text.",
    413: "That is too much at once. Try a shorter text or a smaller picture.",
    429: "Too many requests. Wait a moment and change something.",
    503: "The server is busy or stopping. Wait a moment and change something.",
    504: "The server took too long. Try a shorter text.",
  } as Record<number, string>,
  failure: (status: number) => `The server could not do it (${status}).`,
  serversWords: (sentence: string) => sentence,
  tryAgain: "Try again",

  // The tour
  tourHeading: "Tour",
  tourStep: (number: number, count: number) => `Step ${number} of ${count}`,
  next: "Next",
  back: "Back",
  end: "End",
  tourLacks: (what: string) =>
    `No model served here translates from Chinese to English ${what} (“qkv demo --serve” has one), so the page does not show what this step would say:`,
  lacks: {
    fixed: "from one fixed vector",
    attention: "as an RNN with attention",
    transformer: "as a Transformer",
  },
  tour: [
    {
      title: "One fixed vector",
      text: [
        "A Seq2Seq model’s encoder reads the whole sentence into one vector c; all that the decoder knows of the source is in it. Read the translation of this long sentence: what got lost or mixed up? That is the bottleneck.",
        "There is nothing to look at here: no map, no weights. Type a short sentence and see that it does better.",
      ],
    },
    {
      title: "Attention",
      text: [
        "The same RNN, but it keeps every hidden state h₁ … hₙ, and at each step the decoder weighs them anew. Point at a word of the translation: the darker a source word, the more weight it received.",
        "Weights of a row sum to 1. They change with every word that is said: that is selective focus.",
      ],
    },
    {
      title: "Query, key, value",
      text: [
        "One word is chosen. The card shows how its weights came about: the decoder’s state is the query, each hidden state a key; their products go through softmax; the values, the same hidden states, are added up with these weights.",
        "Follow one number from product to weight. In the article’s words: e = sᵀh, α = softmax(e), c = Σ α h.",
      ],
    },
    {
      title: "Self-attention",
      text: [
        "A Transformer’s encoder: queries, keys and values all come from the source itself. Each word looks at the others and takes from them what it needs.",
        "Choose a row of the map. Several heads look at several things at once; see them all below.",
      ],
    },
    {
      title: "Cross-attention, and what if",
      text: [
        "Here the queries come from the decoder, keys and values from the encoder. Now change something: 咖啡 is hidden from all attention. Compare before and after: the model has to guess it.",
        "Take it back, force another word, forbid a look or switch a head off, and see how sure the model still is.",
      ],
    },
  ],
};

export type PageMessages = typeof en;
