/** Two small switches: language and colours. */
import { type CSSResultGroup, css, html } from "lit";
import { customElement } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { LANGUAGES, type Language, preferences } from "../text/preferences.ts";
import { Element } from "./element.ts";

@customElement("qkv-preferences-switch")
export class PreferencesSwitch extends Element {
  protected override render() {
    const { language, screenTheme } = preferences;
    const names = Object.keys(LANGUAGES) as Language[];
    return html`
      <div role="group" aria-label=${this.text.languageSwitch}>
        ${names.map((name) =>
          choice(LANGUAGES[name].language, name === language, () =>
            preferences.choose(name, screenTheme),
          ),
        )}
      </div>
      <div role="group" aria-label=${this.text.themeSwitch}>
        ${(["light", "dark"] as const).map((theme) =>
          choice(this.text[theme], theme === screenTheme, () =>
            preferences.choose(language, theme),
          ),
        )}
      </div>
    `;
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      :host {
        display: flex;
        gap: 1.25rem;
        font-size: 0.875rem;
      }
      button {
        color: var(--quiet);
      }
      button[aria-pressed="true"] {
        color: var(--ink);
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
    `,
  ];
}

const choice = (name: string, chosen: boolean, choose: () => void) =>
  html`<button type="button" aria-pressed=${chosen} @click=${choose}>${name}</button>`;
