/** How one row's numbers came about: query, key, product, scale, softmax, value, next word. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { percent } from "../view/numbers.ts";
import { visible } from "../view/pieces.ts";
import type { Explained, Key, Look } from "./explained.ts";
import { PageElement } from "./page-element.ts";
import type { Explanation } from "./server.ts";
import { controls } from "./style.ts";

const number = (value: number) => value.toFixed(Math.abs(value) < 10 ? 3 : 1).replace("-", "−");

@customElement("qkv-explanation")
export class ExplanationCard extends PageElement {
  @property({ attribute: false }) explanation!: Explanation;
  /** Source token that is chosen, from 0; null: the one with the most weight. */
  @property({ attribute: false }) column: number | null = null;

  protected override render() {
    const { explained, text } = this.explanation;
    const { look } = explained;
    return html`
      <h3>${this.say.explainHeading}</h3>
      ${look ? this.renderLook(explained, look) : html`<p>${this.say.oneVector}</p>`}
      ${this.renderPrediction(explained)}
      <details>
        <summary>${this.say.fullPage}</summary>
        <pre tabindex="0">${text}</pre>
      </details>
    `;
  }

  private renderLook(explained: Explained, look: Look) {
    const key = this.keyOf(look);
    const { token, step, layer, head, head_count } = explained;
    return html`
      <p class="quiet">${this.say.explainOf(visible(token), step, layer ?? 0, head ?? 0)}${
        head_count > 1 && !explained.head_named ? `: ${this.say.headChosen}` : nothing
      }</p>
      <h4>${this.say.stages.query}</h4>
      <p>${this.say.queryOf[explained.kind](step)}</p>
      <h4>${this.say.stages.products}</h4>
      ${key ? this.renderProducts(look, key) : nothing}
      <h4>${this.say.stages.weights}</h4>
      ${this.renderWeights(look, key)}
      <h4>${this.say.stages.values}</h4>
      ${key ? this.renderValues(look, key) : nothing}
    `;
  }

  /** The one chosen, if it is shown, or else the one with the most weight. */
  private keyOf({ keys }: Look): Key | undefined {
    const chosen = keys.find((key) => key.number - 1 === this.column);
    return (
      chosen ??
      keys.reduce<Key | undefined>((a, b) => (a && a.weight >= b.weight ? a : b), undefined)
    );
  }

  private renderProducts(look: Look, key: Key) {
    return html`
      <p>${this.say.withKey(visible(key.token))} <span class="formula">${this.say.formulas[look.score] ?? look.score}</span></p>
      <table class="sum">
        ${key.products.map(
          (product, place) => html`<tr>
            <th scope="row">${this.say.dimension(look.dimensions[place])}</th>
            <td class="number">${this.factors(look, key, place)} =</td>
            <td class="number">${number(product)}</td>
          </tr>`,
        )}
        ${
          key.products.length && look.other_dimensions
            ? html`<tr>
              <th scope="row">${this.say.restOfProducts(look.other_dimensions)}</th>
              <td></td>
              <td class="number">${number(key.rest)}</td>
            </tr>`
            : nothing
        }
        <tr class="total">
          <th scope="row">${this.say.product}</th>
          <td></td>
          <td class="number">${number(key.product)}</td>
        </tr>
        ${look.scale === 1 ? nothing : this.line(this.say.scaled(number(look.scale)), key.product * look.scale)}
        ${key.bias === 0 ? nothing : this.line(this.say.bias, key.bias)}
        ${look.scale === 1 && key.bias === 0 ? nothing : this.line(this.say.score_, key.score, "total")}
      </table>
    `;
  }

  private factors({ score, dimensions, query, energy }: Look, key: Key, place: number): string {
    const asked = query[dimensions[place] - 1];
    if (score === "additive")
      return `${number(energy[place])} × tanh(${number(asked)} + ${number(key.numbers[place])})`;
    return `${number(asked)} × ${number(key.numbers[place])}`;
  }

  private line(name: string, value: number, kind = "") {
    return html`<tr class=${kind || nothing}>
      <th scope="row">${name}</th>
      <td></td>
      <td class="number">${number(value)}</td>
    </tr>`;
  }

  private renderWeights(look: Look, chosen: Key | undefined) {
    return html`
      <p>${this.say.softmaxSum(number(look.shift), number(look.total))}</p>
      ${look.hard ? html`<p>${this.say.hardAttention}</p>` : nothing}
      ${look.pinned ? html`<p>${this.say.pinnedRow}</p>` : nothing}
      <table>
        <thead>
          <tr>
            <th scope="col">${this.say.key}</th>
            <th scope="col" class="number">${this.say.score_}</th>
            <th scope="col" class="number">${this.say.exp}</th>
            ${look.pinned || look.hard ? html`<th scope="col" class="number">softmax</th>` : nothing}
            <th scope="col" class="number">${this.say.weight}</th>
          </tr>
        </thead>
        <tbody>
          ${look.keys.map(
            (key) => html`<tr class=${key === chosen ? "chosen" : nothing}>
              <th scope="row"><bdi>${visible(key.token)}</bdi></th>
              <td class="number">${number(key.score)}</td>
              ${this.renderShares(look, key)}
            </tr>`,
          )}
          ${
            look.others
              ? html`<tr>
                <th scope="row">${this.say.others(look.others.count)}</th>
                <td></td>
                ${this.renderShares(look, look.others)}
              </tr>`
              : nothing
          }
        </tbody>
      </table>
      ${look.hidden ? html`<p class="quiet">${this.say.hiddenKeys(look.hidden)}</p>` : nothing}
    `;
  }

  private renderShares(
    look: Look,
    { exp, share, weight }: { exp: number; share: number; weight: number },
  ) {
    return html`
      <td class="number">${number(exp)}</td>
      ${look.pinned || look.hard ? html`<td class="number">${number(share)}</td>` : nothing}
      <td class="number weight"><progress value=${weight} aria-hidden="true"></progress> ${number(weight)}</td>
    `;
  }

  private renderValues(look: Look, key: Key) {
    return html`
      <p>${this.say.broughtExplained(look.value_width)}</p>
      <table>
        <thead>
          <tr>
            <th></th>
            <th scope="col" class="number"><bdi>${visible(key.token)}</bdi></th>
            <th scope="col" class="number">${this.say.context}</th>
          </tr>
        </thead>
        <tbody>
          ${look.value_dimensions.map(
            (dimension, place) => html`<tr>
              <th scope="row">${this.say.dimension(dimension)}</th>
              <td class="number">${number(key.brought[place])}</td>
              <td class="number">${number(look.context[dimension - 1])}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    `;
  }

  private renderPrediction({ prediction }: Explained) {
    if (!prediction) return nothing;
    return html`
      <h4>${this.say.stages.prediction}</h4>
      <p>
        <bdi class="said">${visible(prediction.token)}</bdi>:
        ${this.say.predictionExplained(percent(prediction.probability), prediction.rank)}
      </p>
    `;
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        container-type: inline-size;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 1rem;
      }
      h4 {
        font-weight: 600;
        font-size: 0.875rem;
        margin: 0.75rem 0 0;
      }
      p {
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
        font-size: 0.875rem;
        margin: 0.25rem 0;
        width: 100%;
      }
      th {
        font-weight: 400;
        color: var(--quiet);
        text-align: start;
        padding: 0.1rem 0.5rem 0.1rem 0;
        overflow-wrap: anywhere;
      }
      tbody th bdi,
      .said {
        font: 400 1rem/1.4 var(--serif);
        color: var(--ink);
      }
      td.number,
      th.number {
        text-align: end;
        white-space: nowrap;
        padding-inline-start: 0.5rem;
      }
      tbody tr,
      .sum tr {
        border-top: 1px solid var(--rule);
      }
      .chosen {
        background: var(--raised);
      }
      .chosen td.weight,
      .total td,
      .total th {
        font-weight: 600;
        color: var(--ink);
      }
      .weight progress {
        width: 3.5rem;
        vertical-align: middle;
      }
      @container (max-width: 20rem) {
        .weight progress {
          display: none;
        }
        td.number,
        th.number {
          padding-inline-start: 0.2rem !important;
        }
      }
      .formula {
        font-family: var(--serif);
        font-style: italic;
      }
      pre {
        font-size: 0.75rem;
        line-height: 1.35;
        overflow-x: auto;
      }
      details {
        margin-top: 0.75rem;
      }
    `,
  ];
}
