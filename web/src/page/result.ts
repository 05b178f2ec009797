/** What came out, beside what it was before the changes; and the other results of the beam. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { type Piece, pieces } from "../view/pieces.ts";
import type { Unit } from "../view/selection.ts";
import type { View } from "../view/types.ts";
import { type Difference, difference } from "./difference.ts";
import { PageElement } from "./page-element.ts";
import { controls } from "./style.ts";

/** Number of the side that holds the result. */
export const RESULT_SIDE = 1;

/** How Python calls the token that ends a text. */
const EOS = "<eos>";

const SAME: Difference = { gone: new Set(), added: new Set() };

@customElement("qkv-result")
export class ResultText extends PageElement {
  @property({ attribute: false }) former: View | null = null;
  @property({ attribute: false }) changedTo: View | null = null;
  @property({ attribute: false }) captioning = false;
  @property({ attribute: false }) working = false;
  @property({ attribute: false }) unit: Unit = "words";
  @property({ attribute: false }) alternative = 0;
  /** A word or token of the result; null: none is chosen. */
  @property({ attribute: false }) row: number | null = null;

  protected override render() {
    const shown = this.changedTo ?? this.former;
    return html`
      <h2>${this.captioning ? this.say.caption : this.say.translation}
        <span class="quiet" role="status">${this.working ? this.say.working : nothing}</span>
      </h2>
      ${shown ? this.renderTexts(shown) : html`<p class="quiet">${this.say.empty}</p>`}
      ${shown && shown.alternatives.length > 1 ? this.renderAlternatives(shown) : nothing}
    `;
  }

  private renderTexts(shown: View) {
    const now = this.piecesOf(shown);
    if (!this.changedTo || !this.former) return this.renderNow(now, SAME);
    const old = this.piecesOf(this.former);
    const marks = difference(old, now);
    const same = marks.gone.size + marks.added.size === 0;
    return html`
      <p class="label">${this.say.before}</p>
      <p class="text old" id="before" dir="auto">${old.map(
        ({ text, space }, number) =>
          html`${space}<bdi class=${marks.gone.has(number) ? "gone" : text === EOS ? "end" : nothing}>${text}</bdi>`,
      )}</p>
      <p class="label">${this.say.after}${same ? html` · ${this.say.unchangedText}` : nothing}</p>
      ${this.renderNow(now, marks)}
    `;
  }

  private renderNow(now: Piece[], marks: Difference) {
    return html`<p class="text" id="after" dir="auto">${now.map(
      ({ text, space }, number) =>
        html`${space}<button
            type="button"
            class=${marks.added.has(number) ? "added" : text === EOS ? "end" : nothing}
            title=${this.say.wordHint}
            aria-pressed=${number === this.row}
            @pointerenter=${() => this.ask("qkv-hover", { row: number, column: null })}
            @pointerleave=${() => this.ask("qkv-hover", { row: null, column: null })}
            @click=${() => this.ask("qkv-select", { row: number === this.row ? null : number, column: null })}
          ><bdi>${text}</bdi></button>`,
    )}</p>`;
  }

  private piecesOf(view: View): Piece[] {
    return pieces(view.sides[RESULT_SIDE], this.unit);
  }

  private renderAlternatives({ alternatives }: View) {
    return html`
      <details ?open=${this.alternative > 0}>
        <summary>${this.say.alternativesHeading}</summary>
        <p class="quiet">${this.say.alternativesExplained}</p>
        <ol>${alternatives.map(
          ({ text, score }, number) => html`<li>
            <label class="choice">
              <input
                type="radio"
                name="alternative"
                .checked=${number === this.alternative}
                @change=${() => this.ask("qkv-question", { alternative: number })}
              >
              <bdi>${text}</bdi>
              <span class="quiet number" title=${this.say.scoreExplained}>${this.say.score(
                score.toFixed(3),
              )}${number === 0 ? this.text.comma + this.say.best : nothing}</span>
            </label>
          </li>`,
        )}</ol>
      </details>
    `;
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      .text {
        font: 400 1.375rem/1.5 var(--serif);
        overflow-wrap: anywhere;
        max-height: 40vh;
        overflow-y: auto;
        padding: 0.2rem 0;
      }
      .text button {
        padding: 0;
        border-bottom: 1px dotted var(--quiet);
        border-radius: 0;
        overflow-wrap: anywhere;
        text-align: start;
      }
      .end {
        color: var(--quiet);
        font-size: 0.75em;
        margin-inline-start: 0.4em;
      }
      .text button:hover {
        color: var(--accent);
      }
      .text button[aria-pressed="true"] {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
        border-radius: 2px;
      }
      .old {
        color: var(--quiet);
        font-size: 1.125rem;
      }
      .gone {
        text-decoration: line-through;
        text-decoration-color: var(--accent);
        text-decoration-thickness: 2px;
      }
      .added {
        border-bottom: 3px solid var(--accent) !important;
        font-weight: 600;
      }
      details {
        margin-top: 0.5rem;
      }
      .choice {
        color: inherit;
        font-size: 1rem;
        display: flex;
        gap: 0.5em;
        align-items: baseline;
        flex-wrap: wrap;
        overflow-wrap: anywhere;
        min-height: 1.75rem;
      }
    `,
  ];
}
