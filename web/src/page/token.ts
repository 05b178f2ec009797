/** Asks once for the token that the server wants. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { PageElement } from "./page-element.ts";
import { controls } from "./style.ts";

@customElement("qkv-token")
export class Token extends PageElement {
  /** Whether one was given, and refused. */
  @property({ attribute: false }) wrong = false;
  @query("input") private input!: HTMLInputElement;

  protected override render() {
    return html`
      <h2>${this.say.tokenHeading}</h2>
      <p class="quiet">${this.say.tokenExplained}</p>
      ${this.wrong ? html`<p role="alert">${this.say.tokenWrong}</p>` : nothing}
      <form @submit=${this.send}>
        <label for="token">${this.say.tokenLabel}</label>
        <input id="token" type="password" autocomplete="off">
        <button class="chip" type="submit">${this.say.tokenSend}</button>
      </form>
    `;
  }

  protected override firstUpdated() {
    this.input.focus();
  }

  private send(event: Event) {
    event.preventDefault();
    if (this.input.value !== "") this.ask("qkv-token", this.input.value);
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        max-width: 32rem;
        padding: 1rem 0;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: baseline;
        margin-top: 0.5rem;
      }
    `,
  ];
}
