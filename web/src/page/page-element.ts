/** What the elements of the live page share: its texts, and what they ask of the page. */
import { Element } from "../elements/element.ts";
import { preferences } from "../text/preferences.ts";
import type { Change } from "./changes.ts";
import type { Question } from "./question.ts";
import { en, type PageMessages } from "./text/en.ts";
import { zh } from "./text/zh.ts";

declare module "../elements/element.ts" {
  interface Requests {
    /** Another text, model or result of the beam. */
    "qkv-question": Partial<Question>;
    /** A step more, or a step taken back. */
    "qkv-change": Change;
    "qkv-picture": File;
    "qkv-token": string;
    /** Of the tour, from 0; null: the end. */
    "qkv-tour": number | null;
  }
}

export const PAGE_LANGUAGES = { en, zh };

export abstract class PageElement extends Element {
  protected get say(): PageMessages {
    return PAGE_LANGUAGES[preferences.language];
  }
}
