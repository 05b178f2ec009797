/** How sure the model was of each word, and what else the search had. */
import { diffArrays } from "diff";
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { percent } from "../view/numbers.ts";
import { pieces, probability } from "../view/pieces.ts";
import type { Unit } from "../view/selection.ts";
import type { Side, View } from "../view/types.ts";
import { Element } from "./element.ts";
import { figure, figureStyle } from "./figure.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const words = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** Two long texts with little in common are not worth the time that comparing them takes. */
const MOST_MS = 100;

/** `text`, with what `best` lacks marked. */
function compared(best: string, text: string) {
  const parts = diffArrays(words(best), words(text), { timeout: MOST_MS });
  if (!parts) return text;
  return parts
    .filter(({ removed }) => !removed)
    .map(({ added, value }) => (added ? html`<strong>${value.join("")}</strong>` : value.join("")));
}

/** Of a long text only those are of interest that the model doubted. */
const LISTED = 12;

@customElement("qkv-outcome")
export class Outcome extends Element {
  @property({ attribute: false }) view!: View;
  @property({ attribute: false }) unit: Unit = "words";

  protected override render() {
    const side = this.view.sides.find(({ probabilities }) => probabilities);
    return html`
      ${side ? this.renderDoubts(side) : nothing}
      ${this.view.alternatives.length > 1 ? this.renderAlternatives() : nothing}
    `;
  }

  private renderDoubts(side: Side) {
    const sure = pieces(side, this.unit).map(({ text, tokens }) => ({
      text,
      value: probability(side, tokens)!,
    }));
    sure.sort((one, other) => one.value - other.value);
    return figure(
      this.text.confidenceHeading,
      this.text.confidenceExplained,
      html`<ol class="doubts">
        ${sure.slice(0, LISTED).map(
          ({ text, value }) => html`<li>
            <bdi>${text}</bdi>
            <span class="number quiet">${percent(value)}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${100 * value} height="1"></rect>
            </svg>
          </li>`,
        )}
      </ol>`,
    );
  }

  private renderAlternatives() {
    const { alternatives } = this.view;
    return figure(
      this.text.alternativesHeading,
      this.text.alternativesExplained,
      html`<ol>
        ${alternatives.map(
          ({ text, score }, number) => html`<li class="alternative" data-best=${number === 0}>
            <span class="number quiet">${score.toFixed(3)}</span>
            <span dir="auto" class="sentence">${compared(alternatives[0].text, text)}</span>
          </li>`,
        )}
      </ol>`,
    );
  }

  static override styles: CSSResultGroup = [
    base,
    figureStyle,
    css`
      :host {
        display: contents;
      }
      .doubts li {
        display: grid;
        grid-template-columns: minmax(0, 9rem) 3.25rem minmax(2rem, 14rem);
        gap: 0.6rem;
        align-items: center;
        line-height: 1.6;
      }
      .doubts .number {
        text-align: right;
      }
      svg {
        width: 100%;
        height: 3px;
        background: var(--rule);
      }
      rect {
        fill: var(--weight);
      }
      .alternative {
        display: grid;
        grid-template-columns: 3.75rem minmax(0, 1fr);
        gap: 0.6rem;
        align-items: baseline;
        padding: 0.15rem 0;
      }
      .alternative .number {
        text-align: right;
      }
      .sentence {
        font-family: var(--serif);
        font-size: 1.0625rem;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      [data-best="true"] .sentence,
      strong {
        color: var(--ink);
        font-weight: 400;
      }
      strong {
        border-bottom: 1px solid var(--accent);
      }
    `,
  ];
}
