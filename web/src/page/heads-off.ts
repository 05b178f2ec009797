/** A switch for each head of the model. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { type AttentionKind, type Change, isOff } from "./changes.ts";
import { PageElement } from "./page-element.ts";
import type { Model } from "./server.ts";
import { controls } from "./style.ts";

const KINDS: AttentionKind[] = ["cross", "encoder", "decoder"];

@customElement("qkv-heads-off")
export class HeadsOff extends PageElement {
  @property({ attribute: false }) layers: Model["layers"] | null = null;
  @property({ attribute: false }) steps: Change[] = [];

  protected override render() {
    const kinds = KINDS.filter((kind) => this.layers?.[kind]?.length);
    if (kinds.length === 0) return nothing;
    return html`
      <details ?open=${this.steps.some((step) => step.do === "headOff")}>
        <summary>${this.say.headsHeading}</summary>
        <p class="quiet">${this.say.headsExplained}</p>
        ${kinds.map((kind) => this.renderKind(kind, this.layers![kind]))}
      </details>
    `;
  }

  private renderKind(kind: AttentionKind, layers: number[]) {
    return html`
      <h3>${this.say.headsOf[kind]}</h3>
      ${layers.map(
        (heads, layer) => html`<p>
          <span class="quiet">${this.say.layer(layer)}</span>
          ${Array.from({ length: heads }, (_, head) => this.renderHead(kind, layer, head))}
        </p>`,
      )}
    `;
  }

  private renderHead(kind: AttentionKind, layer: number, head: number) {
    const name = this.say.switchOff(this.say.headsOf[kind], layer, head);
    return html`<button
      type="button"
      class="chip number"
      title=${name}
      aria-label=${name}
      aria-pressed=${isOff(this.steps, kind, layer, head)}
      @click=${() => this.ask("qkv-change", { do: "headOff", kind, layer, head })}
    >${head}</button>`;
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      h3 {
        font-size: 0.875rem;
        margin-top: 0.4rem;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        align-items: baseline;
        margin: 0.2rem 0;
      }
      .quiet {
        min-width: 4.5em;
      }
      button.chip {
        min-width: 1.75rem;
        padding: 0;
      }
      button.chip[aria-pressed="true"] {
        text-decoration: line-through;
      }
    `,
  ];
}
