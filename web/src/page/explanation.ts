/** How one row's numbers came about: query, key, product, scale, softmax, value, next word. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { percent } from "../view/numbers.ts";
import { visible } from "../view/pieces.ts";
import type { Explained, Heads, Key, Look } from "./explained.ts";
import { PageElement } from "./page-element.ts";
import type { Explanation } from "./server.ts";
import { controls } from "./style.ts";
import { addingUp, factor, number } from "./sums.ts";

type Shares = Pick<Key, "exp" | "share" | "weight">;

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
        head_count > 1 && !explained.head_named ? this.say.headChosen : nothing
      }</p>
      ${explained.heads ? html`<p class="mean">${this.meanOf(explained.heads)}</p>` : nothing}
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

  /** How the weight that the mean of the heads shows comes about. */
  private meanOf({ token, mean, heads, others, other_weight }: Heads): string {
    const count = heads.length + others;
    const weights = heads.map(({ weight }) => weight);
    const said = addingUp(weights, others ? other_weight : null, mean * count).slice(0, -1);
    const terms = said.map((weight, place) =>
      place < heads.length
        ? this.say.ofHead(weight, heads[place].number)
        : this.say.ofOtherHeads(weight, others),
    );
    return this.say.meanOfHeads(visible(token), terms.join(" + "), count, number(mean));
  }

  private renderProducts(look: Look, key: Key) {
    const { products, rest, product, bias, score } = key;
    const others = products.length && look.other_dimensions ? rest : null;
    const sum = products.length ? addingUp(products, others, product) : [number(product)];
    const [biasSaid, scaled] = addingUp([bias], product * look.scale, score);
    return html`
      <p>${this.say.withKey(visible(key.token))} <span class="formula">${this.say.formulas[look.score] ?? look.score}</span></p>
      <table class="sum">
        ${products.map(
          (_, place) => html`<tr>
            <th scope="row">${this.say.dimension(look.dimensions[place])}</th>
            <td class="number">${this.factors(look, key, place)} =</td>
            <td class="number">${sum[place]}</td>
          </tr>`,
        )}
        ${
          others !== null
            ? html`<tr>
              <th scope="row">${this.say.restOfProducts(look.other_dimensions)}</th>
              <td></td>
              <td class="number">${sum[products.length]}</td>
            </tr>`
            : nothing
        }
        <tr class="total">
          <th scope="row">${this.say.product}</th>
          <td></td>
          <td class="number">${sum.at(-1)}</td>
        </tr>
        ${look.scale === 1 ? nothing : this.line(this.say.scaled(factor(look.scale)), scaled)}
        ${bias === 0 ? nothing : this.line(this.say.bias, biasSaid)}
        ${look.scale === 1 && bias === 0 ? nothing : this.line(this.say.score_, number(score), "total")}
      </table>
    `;
  }

  private factors({ score, dimensions, query, energy }: Look, key: Key, place: number): string {
    const asked = query[dimensions[place] - 1];
    if (score === "additive")
      return `${number(energy[place])} × tanh(${number(asked)} + ${number(key.numbers[place])})`;
    return `${number(asked)} × ${number(key.numbers[place])}`;
  }

  private line(name: string, value: string, kind = "") {
    return html`<tr class=${kind || nothing}>
      <th scope="row">${name}</th>
      <td></td>
      <td class="number">${value}</td>
    </tr>`;
  }

  private renderWeights(look: Look, chosen: Key | undefined) {
    const column = (of: (key: Shares) => number) => {
      const values = look.keys.map(of);
      const rest = look.others && of(look.others);
      return addingUp(
        values,
        rest,
        values.reduce((sum, value) => sum + value, rest ?? 0),
      );
    };
    const exps = column(({ exp }) => exp);
    const shares = column(({ share }) => share);
    const weights = column(({ weight }) => weight);
    const cells = (place: number, { weight }: Shares) => html`
      <td class="number">${exps[place]}</td>
      ${look.pinned || look.hard ? html`<td class="number">${shares[place]}</td>` : nothing}
      <td class="number weight"><progress value=${weight} aria-hidden="true"></progress> ${weights[place]}</td>
    `;
    return html`
      <p>${this.say.softmaxSum(number(look.shift), exps.at(-1)!)}</p>
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
            (key, place) => html`<tr class=${key === chosen ? "chosen" : nothing}>
              <th scope="row"><bdi>${visible(key.token)}</bdi></th>
              <td class="number">${number(key.score)}</td>
              ${cells(place, key)}
            </tr>`,
          )}
          ${
            look.others
              ? html`<tr>
                <th scope="row">${this.say.others(look.others.count)}</th>
                <td></td>
                ${cells(look.keys.length, look.others)}
              </tr>`
              : nothing
          }
        </tbody>
      </table>
      ${look.hidden ? html`<p class="quiet">${this.say.hiddenKeys(look.hidden)}</p>` : nothing}
    `;
  }

  private renderValues(look: Look, key: Key) {
    const several = look.keys.length + (look.others?.count ?? 0) > 1;
    const sums = look.value_dimensions.map((dimension, place) => {
      const [brought, context] = [key.brought[place], look.context[dimension - 1]];
      return addingUp([brought], several ? context - brought : null, context);
    });
    return html`
      <p>${this.say.broughtExplained(look.value_width)}</p>
      <table>
        <thead>
          <tr>
            <th></th>
            <th scope="col" class="number"><bdi>${visible(key.token)}</bdi></th>
            ${several ? html`<th scope="col" class="number">${this.say.othersTogether}</th>` : nothing}
            <th scope="col" class="number">${this.say.context}</th>
          </tr>
        </thead>
        <tbody>
          ${look.value_dimensions.map(
            (dimension, place) => html`<tr>
              <th scope="row">${this.say.dimension(dimension)}</th>
              ${sums[place].map((value) => html`<td class="number">${value}</td>`)}
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
      th.number {
        white-space: normal;
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
