/** A tour along the article; it points at the page's own parts. */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { PageElement } from "./page-element.ts";
import { STOPS } from "./stops.ts";
import { controls } from "./style.ts";

@customElement("qkv-tour")
export class Tour extends PageElement {
  /** From 0. */
  @property({ attribute: false }) stop = 0;
  /** No model that this stop needs is served. */
  @property({ attribute: false }) lacking = false;
  /** Where it covers least. */
  @property({ reflect: true }) side: "left" | "right" = "right";
  @query("h2") private heading!: HTMLElement;

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has("stop")) this.heading.focus({ preventScroll: true });
  }

  protected override render() {
    const { title, text } = this.say.tour[this.stop];
    return html`
      <section aria-label=${this.say.tourHeading}>
        <p class="quiet">${this.say.tourStep(this.stop + 1, STOPS.length)}</p>
        <h2 tabindex="-1">${title}</h2>
        ${this.lacking ? html`<p role="alert">${this.say.tourLacks(this.say.lacks[STOPS[this.stop].needs])}</p>` : nothing}
        <div class=${this.lacking ? "quiet" : nothing}>${text.map((paragraph) => html`<p>${paragraph}</p>`)}</div>
        <p class="buttons">
          ${this.renderButton(this.say.back, this.stop - 1)}
          ${this.renderButton(this.say.next, this.stop + 1)}
          <button class="chip" type="button" @click=${() => this.ask("qkv-tour", null)}>${this.say.end}</button>
        </p>
      </section>
    `;
  }

  private renderButton(name: string, stop: number) {
    return html`<button
      class="chip"
      type="button"
      ?disabled=${!(stop in STOPS)}
      @click=${() => this.ask("qkv-tour", stop)}
    >${name}</button>`;
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        position: fixed;
        z-index: 3;
        inset: auto 1rem 1rem auto;
        width: min(30rem, calc(100vw - 2rem));
        max-height: 60vh;
        overflow-y: auto;
        background: var(--paper);
        border: 2px solid var(--accent);
        border-radius: 4px;
        padding: 0.75rem 1rem;
        box-shadow: 0 4px 24px rgb(0 0 0 / 25%);
      }
      :host([side="left"]) {
        inset: auto auto 1rem 1rem;
      }
      h2 {
        font: 400 1.25rem/1.3 var(--serif);
      }
      h2:focus {
        outline: none;
      }
      p + p,
      p + div,
      div + p {
        margin-top: 0.4rem;
      }
      .buttons {
        display: flex;
        gap: 0.5rem;
      }
      button:disabled {
        border-color: var(--rule);
      }
    `,
  ];
}
