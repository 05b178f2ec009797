/** What is asked of the server, and how it stands in the address, so that it can be shared. */
import { type Change, changesOf, readChanges } from "./changes.ts";

export interface Question {
  /** null: the first model that is served; once that is known, the server is asked for it by name. */
  model: string | null;
  text: string;
  steps: Change[];
  /** Which of the beam's results is looked at, 0 the best. */
  alternative: number;
}

export const NOTHING: Question = { model: null, text: "", steps: [], alternative: 0 };

/** Results that a search is asked for, and shows as alternatives. */
export const RESULTS = 5;

/** look: names and values of what is chosen, in the address too. */
export function fragmentOf(
  { model, text, steps, alternative }: Question,
  look: [string, string][] = [],
): string {
  const said = new URLSearchParams();
  if (model !== null) said.set("model", model);
  if (text !== "") said.set("text", text);
  if (steps.length > 0) said.set("what-if", JSON.stringify(steps));
  if (alternative > 0) said.set("result", String(alternative));
  for (const [name, value] of look) said.set(name, value);
  return said.toString();
}

export function questionOf(fragment: string): Question {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const result = said.get("result") ?? "";
  return {
    model: said.get("model"),
    text: said.get("text") ?? "",
    steps: readChanges(said.get("what-if")),
    alternative: /^[0-9]$/.test(result) ? Number(result) : 0,
  };
}

/** The body of POST /v1/view; image: base64, for a model that captions pictures. */
export function bodyOf({ model, text, steps, alternative }: Question, image: string | null) {
  return {
    ...(image === null ? { text } : { image }),
    ...(model === null ? {} : { model }),
    nbest: RESULTS,
    ...(steps.length > 0 ? { changes: changesOf(steps) } : {}),
    ...(alternative > 0 ? { alternative } : {}),
  };
}

/** The same text without what was changed. */
export const asItWas = (question: Question): Question => ({
  ...question,
  steps: [],
  alternative: 0,
});

export const isChanged = ({ steps, alternative }: Question) => steps.length > 0 || alternative > 0;
