/** What was changed, step by step, each to be taken back. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { visible } from "../view/pieces.ts";
import type { View } from "../view/types.ts";
import { type Change, keyOf, wordsAt } from "./changes.ts";
import { PageElement } from "./page-element.ts";
import { RESULT_SIDE } from "./result.ts";
import { controls } from "./style.ts";

@customElement("qkv-steps")
export class Steps extends PageElement {
  @property({ attribute: false }) steps: Change[] = [];
  /** Without the changes, for the names of tokens. */
  @property({ attribute: false }) view: View | null = null;
  /** By `keyOf` a change: the words of the result that it was chosen for. */
  @property({ attribute: false }) words: ReadonlyMap<string, string> = new Map();
  @state() private copied: boolean | null = null;

  protected override render() {
    return html`
      ${this.steps.length ? this.renderSteps() : nothing}
      ${this.view ? this.renderCopy() : nothing}
    `;
  }

  private renderSteps() {
    return html`<div class="what-if">
      <h2>${this.say.stepsHeading}</h2>
      <ol>${this.steps.map((step) => this.renderStep(step))}</ol>
      <p>
        <button class="plain" type="button" @click=${() => this.ask("qkv-question", { steps: [], alternative: 0 })}>
          ${this.say.takeAllBack}
        </button>
      </p>
    </div>`;
  }

  private renderCopy() {
    return html`<p>
        <button class="plain" type="button" @click=${this.copy}>${this.say.copyAddress}</button>
        <span class="quiet" role="status">${
          this.copied === null
            ? nothing
            : this.copied
              ? this.say.addressCopied
              : this.say.addressNotCopied
        }</span>
      </p>`;
  }

  private renderStep(step: Change) {
    const said = this.sentence(step);
    const name = `${this.say.takeBack}: ${said}`;
    return html`<li>
      <bdi>${said}</bdi>
      <button
        type="button"
        title=${this.say.takeBack}
        aria-label=${name}
        @click=${() => this.ask("qkv-change", step)}
      >✕</button>
    </li>`;
  }

  private sentence(step: Change): string {
    const { steps } = this.say;
    if (step.do === "force") return steps.force(visible(step.prefix));
    if (step.do === "hide") return steps.hide(this.sourceWords(step.columns));
    if (step.do === "headOff") return steps.headOff(step.kind, step.layer, step.head);
    const said = steps[step.do](this.resultWords(step), this.sourceWords(step.columns));
    const everywhere = step.layer === null && step.head === null;
    return everywhere ? said : said + this.say.inHead(step.layer, step.head);
  }

  private sourceWords(columns: number[]): string {
    const side = this.view?.sides[0];
    if (this.view?.picture)
      return columns.map((column) => this.say.region(side?.tokens[column] ?? "?")).join(", ");
    return side ? wordsAt(side, columns) : "?";
  }

  private resultWords(step: Extract<Change, { do: "forbid" | "pin" }>): string {
    const side = this.view?.sides[RESULT_SIDE];
    const there = side && step.rows.every((row) => row in side.tokens);
    const words = this.words.get(keyOf(step)) ?? (there ? wordsAt(side, step.rows) : null);
    const numbers = step.rows.map((row) => row + 1).join(this.text.comma);
    const { atWord, atWords, atToken, atTokens } = this.say;
    if (step.rows.length === 1) return words === null ? atToken(numbers) : atWord(numbers, words);
    return words === null ? atTokens(numbers) : atWords(numbers, words);
  }

  private async copy() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.copied = true;
    } catch {
      this.copied = false;
    }
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      .what-if {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: 0.75rem;
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 0.6rem;
        margin: 0.3rem 0;
      }
      li {
        border: 1px solid var(--rule);
        background: var(--raised);
        border-radius: 3px;
        padding: 0.1rem 0.1rem 0.1rem 0.6rem;
        overflow-wrap: anywhere;
      }
      li button {
        min-width: 1.75rem;
        min-height: 1.75rem;
        color: var(--quiet);
      }
      li button:hover {
        color: var(--accent);
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
      }
    `,
  ];
}
