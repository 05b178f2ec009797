/** What all elements share: texts, theme, events that cross shadow roots. */
import { LitElement } from "lit";
import { preferences } from "../text/preferences.ts";
import type { Focus, Selection } from "../view/selection.ts";

/** What an element asks of the one around it. */
export interface Requests {
  /** Looked at in passing. */
  "qkv-hover": Focus;
  /** To be kept and linked to. */
  "qkv-select": Partial<Selection>;
}

export abstract class Element extends LitElement {
  protected get text() {
    return preferences.text;
  }

  private readonly preferencesChanged = () => this.requestUpdate();

  override connectedCallback() {
    super.connectedCallback();
    preferences.addEventListener("change", this.preferencesChanged);
  }

  override disconnectedCallback() {
    preferences.removeEventListener("change", this.preferencesChanged);
    super.disconnectedCallback();
  }

  protected ask<Name extends keyof Requests>(name: Name, detail: Requests[Name]) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }
}
