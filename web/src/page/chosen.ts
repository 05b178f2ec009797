/** What is chosen: what it looked at, what can be changed there, and how the numbers came about. */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import { largest } from "../view/bands.ts";
import { percent } from "../view/numbers.ts";
import { type Piece, pieces, visible } from "../view/pieces.ts";
import type { Pane, Selection } from "../view/selection.ts";
import { load, type Shown } from "../view/shown.ts";
import type { View } from "../view/types.ts";
import type { Change, Changes } from "./changes.ts";
import type { Word } from "./explained.ts";
import "./explanation.ts";
import { PageElement } from "./page-element.ts";
import { bodyOf, type Question } from "./question.ts";
import { RESULT_SIDE } from "./result.ts";
import { type Explanation, explain, Failure, type Model, type Result } from "./server.ts";
import { controls } from "./style.ts";
import { withWord } from "./words.ts";

const LISTED = 6;
/** Of the token that ends a text: nothing can be said after it. */
const END = 2;
const SOURCE_SIDE = 0;

@customElement("qkv-chosen")
export class Chosen extends PageElement {
  @property({ attribute: false }) question!: Question;
  /** base64, of a picture that is described. */
  @property({ attribute: false }) image: string | null = null;
  @property({ attribute: false }) model: Model | null = null;
  @property({ attribute: false }) view: View | null = null;
  @property({ attribute: false }) result: Result | null = null;
  @property({ attribute: false }) selection!: Selection;
  @state() private shown: Shown | null = null;
  @state() private explanation: Explanation | null = null;
  @state() private failure: Failure | null = null;
  /** Of the word that is chosen. */
  @state() private token = 0;
  @state() private onlyShown = false;
  @query("#word") private typed!: HTMLInputElement;

  private request = new AbortController();
  private asked = "";

  private get pane(): Pane {
    return this.selection.panes[0];
  }

  private get map() {
    return this.view?.maps[this.pane.map];
  }

  /** The side that the chosen row is a word of: of a model without attention, the result. */
  private get rowSide(): number {
    return this.map?.rows ?? RESULT_SIDE;
  }

  private get row(): Piece | null {
    const { row, unit } = this.selection;
    if (row === null || !this.view) return null;
    return this.shown?.rows[row] ?? pieces(this.view.sides[this.rowSide], unit)[row] ?? null;
  }

  private get column(): Piece | null {
    const { column } = this.selection;
    return column === null ? null : (this.shown?.columns[column] ?? null);
  }

  override disconnectedCallback() {
    this.request.abort();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const before = changed.get("selection") as Selection | undefined;
    if (changed.has("selection") && before?.row !== this.selection.row) this.token = 0;
    if (changed.has("view") || changed.has("selection")) this.openWeights();
    this.explainRow();
  }

  private async openWeights() {
    const { view, selection } = this;
    const shown = view ? await load(view, this.pane, selection.unit) : null;
    if (view === this.view && selection === this.selection) this.shown = shown;
  }

  /** Asks how the chosen row came about, unless that is known or asked for already. */
  private async explainRow() {
    const { row, pane, map } = this;
    const kind = map?.kind ?? "cross";
    const body = row && {
      ...bodyOf(this.question, this.image),
      kind,
      step: row.tokens[0] + this.token + 1,
      ...(map ? { layer: pane.layer } : {}),
      ...(map && pane.head !== null ? { head: pane.head } : {}),
      lang: preferences.language,
    };
    const asked = JSON.stringify(body);
    if (asked === this.asked) return;
    this.asked = asked;
    this.request.abort();
    this.explanation = this.failure = null;
    if (!body) return;
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const explanation = await explain(body, signal);
      if (!signal.aborted) this.explanation = explanation;
    } catch (error) {
      if (!signal.aborted) this.failure = error instanceof Failure ? error : null;
    }
  }

  private can(field: keyof Changes): boolean {
    return this.model?.changes.includes(field) ?? false;
  }

  protected override render() {
    const { row, column } = this;
    if (!this.view || (!row && !column)) {
      return html`<h2>${this.say.chosenHeading}</h2>
        <p class="quiet">${this.say.nothingChosen}</p>`;
    }
    return html`
      <h2>${this.say.chosenHeading}
        <button class="plain" type="button" @click=${() => this.ask("qkv-select", { row: null, column: null })}>
          ${this.say.letGo}
        </button>
      </h2>
      ${column && this.map?.columns === SOURCE_SIDE ? this.renderSourceWord(column) : nothing}
      ${row && !column && this.rowSide === SOURCE_SIDE ? this.renderSourceWord(row) : nothing}
      ${row ? this.renderRow(row) : nothing}
    `;
  }

  private renderSourceWord(word: Piece) {
    const columns = numbers(word);
    const hidden = this.question.steps.some(
      (step) => step.do === "hide" && step.columns.join() === columns.join(),
    );
    return html`<p class="source-word">
      ${this.view?.picture ? this.say.region(word.text) : this.say.sourceWord(word.text)}
      ${
        this.can("hide")
          ? html`<button
            class="chip"
            id="hide"
            type="button"
            aria-pressed=${hidden}
            @click=${() => this.ask("qkv-change", { do: "hide", columns })}
          >${hidden ? this.say.hidden : this.say.hide}</button>`
          : nothing
      }
    </p>`;
  }

  private renderRow(row: Piece) {
    return html`
      ${this.shown ? this.renderLooks(this.shown, row) : nothing}
      ${row.tokens[1] - row.tokens[0] > 1 ? this.renderTokens(row) : nothing}
      ${this.rowSide === RESULT_SIDE && this.can("prefix") ? this.renderWords(row) : nothing}
      ${
        this.explanation
          ? html`<qkv-explanation
            .explanation=${this.explanation}
            .column=${this.column?.tokens[0] ?? null}
          ></qkv-explanation>`
          : html`<p class="quiet" role="status">${this.failure?.sentence ?? this.say.working}</p>`
      }
    `;
  }

  private renderLooks({ weights, columns, map, layer }: Shown, row: Piece) {
    const number = this.selection.row!;
    if (number >= weights.shape[0]) return nothing;
    const values = weights.row(number);
    const places = largest(values, LISTED);
    const { column } = this.selection;
    if (column !== null && column < columns.length && !places.includes(column)) places.push(column);
    const changeable = map.kind === "cross";
    const several = map.layers.length > 1 || layer.heads.length > 1;
    return html`
      <h3>${this.say.lookedAt(row.text)}</h3>
      ${places.length ? nothing : html`<p class="quiet">${this.text.nothingSeen}</p>`}
      <ul>${places.map((place) => this.renderLook(row, columns[place], values[place], changeable))}</ul>
      ${
        changeable && several && this.can("forbid")
          ? html`<label class="scope"><input
              type="checkbox"
              .checked=${this.onlyShown}
              @change=${({ target }: Event) => {
                this.onlyShown = (target as HTMLInputElement).checked;
              }}
            > ${this.say.onlyShown}</label>`
          : nothing
      }
    `;
  }

  private renderLook(row: Piece, column: Piece, weight: number, changeable: boolean) {
    const name = this.view?.picture ? this.say.region(column.text) : column.text;
    return html`<li>
      <bdi>${name}</bdi>
      <progress value=${weight} aria-hidden="true"></progress>
      <span class="number">${weight.toFixed(3)}</span>
      ${
        changeable
          ? html`
            ${this.renderChange("pin", this.say.onlyHere, this.say.onlyHereFull(row.text, name), row, column)}
            ${this.renderChange("forbid", this.say.notHere, this.say.notHereFull(row.text, name), row, column)}`
          : nothing
      }
    </li>`;
  }

  private renderChange(
    what: "pin" | "forbid",
    text: string,
    name: string,
    row: Piece,
    column: Piece,
  ) {
    if (!this.can(what)) return nothing;
    const change: Change = {
      do: what,
      rows: numbers(row),
      columns: numbers(column),
      layer: this.onlyShown ? this.pane.layer : null,
      head: this.onlyShown ? this.pane.head : null,
    };
    const done = this.question.steps.some(
      (step) => JSON.stringify(step) === JSON.stringify(change),
    );
    return html`<button
      class="chip"
      type="button"
      title=${name}
      aria-label=${name}
      aria-pressed=${done}
      @click=${() => this.ask("qkv-change", change)}
    >${text}</button>`;
  }

  private renderTokens(row: Piece) {
    const [first, end] = row.tokens;
    return html`<div class="tokens" role="group" aria-label=${this.say.tokensOfWord}>
      <span class="quiet">${this.say.severalTokens(end - first)}</span>
      ${this.view!.sides[this.rowSide].tokens.slice(first, end).map(
        (token, place) => html`<button
          class="chip"
          type="button"
          aria-pressed=${place === this.token}
          @click=${() => {
            this.token = place;
          }}
        ><bdi>${visible(token)}</bdi></button>`,
      )}
    </div>`;
  }

  private renderWords(row: Piece) {
    const words = this.explanation?.explained.prediction?.words ?? [];
    return html`
      <h3>${this.say.sayInstead}</h3>
      <p class="quiet">${this.say.sayInsteadHint}</p>
      <ol class="words">${words.map((word) => this.renderWord(word))}</ol>
      <form @submit=${(event: Event) => this.sayTyped(event, row)}>
        <label for="word">${this.say.sayTyped}</label>
        <input id="word" type="text" autocomplete="off" spellcheck="false" dir="auto">
        <button class="chip" type="submit">${this.say.say}</button>
      </form>
    `;
  }

  private renderWord(word: Word) {
    const said = word.id === this.explanation?.explained.prediction?.id;
    const { text } = word;
    return html`<li>
      <button
        class="chip"
        type="button"
        aria-pressed=${said}
        ?disabled=${word.id === END}
        @click=${() => this.ask("qkv-change", { do: "force", prefix: text })}
      ><bdi>${visible(word.token)}</bdi> <span class="number">${percent(word.probability)}</span></button>
    </li>`;
  }

  private sayTyped(event: Event, row: Piece) {
    event.preventDefault();
    const word = this.typed.value.trim();
    if (word === "" || !this.result) return;
    const prefix = withWord(this.result, row.tokens[0] + this.token, word);
    this.typed.value = "";
    this.ask("qkv-change", { do: "force", prefix });
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      h2 {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 0.75rem;
        overflow-wrap: anywhere;
      }
      ul li {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 0.5rem;
        align-items: center;
        border-top: 1px solid var(--rule);
        padding: 0.15rem 0;
      }
      ul li bdi,
      .words bdi,
      .tokens bdi {
        font: 400 1.0625rem/1.4 var(--serif);
        overflow-wrap: anywhere;
      }
      ul li bdi {
        flex: 1 1 4rem;
      }
      progress {
        width: 3.5rem;
      }
      .source-word {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.75rem;
        align-items: baseline;
        margin-top: 0.5rem;
        overflow-wrap: anywhere;
      }
      .tokens {
        align-items: baseline;
        margin-top: 0.75rem !important;
      }
      .words,
      .tokens {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .scope {
        margin-top: 0.25rem;
        min-height: 1.75rem;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 0.5rem;
      }
      form label {
        grid-column: 1 / -1;
      }
    `,
  ];
}

const numbers = ({ tokens: [first, end] }: Piece) =>
  Array.from({ length: end - first }, (_, place) => first + place);
