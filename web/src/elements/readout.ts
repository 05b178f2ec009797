/** What is looked at, in words and figures. */
import { type CSSResultGroup, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { largest } from "../view/bands.ts";
import { brief, full, percent } from "../view/numbers.ts";
import { type Piece, probability, shortened } from "../view/pieces.ts";
import { type Focus, NOWHERE } from "../view/selection.ts";
import type { Shown } from "../view/shown.ts";
import { Element } from "./element.ts";

const NAMED = 5;
const LONGEST = 24;

const name = (piece: Piece) => shortened(piece.text, LONGEST);

@customElement("qkv-readout")
export class Readout extends Element {
  @property({ attribute: false }) shown: Shown | null = null;
  @property({ attribute: false }) focused: Focus = NOWHERE;
  @property({ attribute: false }) locked = false;

  protected override render() {
    if (!this.shown) return html`<p class="quiet">${this.text.computing}</p>`;
    const { row, column } = this.focused;
    const parts: TemplateResult[] = [];
    if (row !== null && column !== null) parts.push(this.renderCell(this.shown, row, column));
    if (row !== null) parts.push(this.renderRow(this.shown, row));
    if (column !== null) parts.push(this.renderColumn(this.shown, column));
    return html`
      ${this.locked ? this.renderLock() : nothing}
      <div aria-live="polite">
        ${parts.length ? parts : html`<p class="quiet">${this.text.pointAtWord}</p>`}
      </div>
    `;
  }

  private renderCell({ weights, rows, columns }: Shown, row: number, column: number) {
    const value = weights.cell(row, column);
    return html`<p>
      ${this.text.cell(name(rows[row]), name(columns[column]))}
      <data class="number" id="cell" value=${value}>${full(value, weights.precision)}</data>
    </p>`;
  }

  private renderRow({ weights, rows, columns, querySide }: Shown, row: number) {
    const nats = weights.entropy[row];
    const sure = probability(querySide, rows[row].tokens);
    return html`<p>
      ${this.text.lookedAt(name(rows[row]))} ${this.renderLargest(weights.row(row), columns)}
      <span class="quiet">
        ${this.text.entropy(nats.toFixed(2), Math.exp(nats).toFixed(1))}${
          sure === null ? nothing : `${this.text.gap}${this.text.probability(percent(sure))}`
        }
      </span>
    </p>`;
  }

  private renderColumn({ weights, rows, columns }: Shown, column: number) {
    return html`<p>
      ${this.text.lookedAtBy(name(columns[column]))}
      ${this.renderLargest(weights.column(column), rows)}
      <span class="quiet">${this.text.received(brief(weights.received[column]))}</span>
    </p>`;
  }

  private renderLargest(values: Float32Array, pieces: Piece[]) {
    const places = largest(values, NAMED);
    if (places.length === 0) return this.text.nothingSeen;
    return places.map(
      (place) => html`<span class="part"><bdi>${name(pieces[place])}</bdi>
        <span class="number">${brief(values[place])}</span></span> `,
    );
  }

  private renderLock() {
    return html`<p class="lock quiet screen">
      ${this.text.locked}
      <button type="button" @click=${() => this.ask("qkv-select", NOWHERE)}>${this.text.letGo}</button>
    </p>`;
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      :host {
        min-height: 4.75rem;
      }
      p {
        overflow-wrap: anywhere;
      }
      .part {
        white-space: nowrap;
        margin-inline-end: 0.9em;
      }
      bdi {
        font-family: var(--serif);
        font-size: 1.1em;
        white-space: normal;
      }
      #cell {
        font-weight: 600;
        color: var(--accent);
      }
      @media (min-width: 45rem) {
        .lock {
          float: inline-end;
          margin-inline-start: 1rem;
        }
      }
      button {
        text-decoration: underline;
      }
    `,
  ];
}
