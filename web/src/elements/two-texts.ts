/** What was looked at above, what looked below: two texts, or a picture and a text. */
import { type CSSResultGroup, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { probability } from "../view/pieces.ts";
import { type Focus, NOWHERE, type Scale } from "../view/selection.ts";
import type { Shown } from "../view/shown.ts";
import type { Picture } from "../view/types.ts";
import { Element } from "./element.ts";
import { figure, figureStyle } from "./figure.ts";
import "./picture-regions.ts";
import type { Axis } from "./shaded-text.ts";
import "./shaded-text.ts";

/** Longer texts stand beside each other. */
const LONG = 150;

@customElement("qkv-two-texts")
export class TwoTexts extends Element {
  @property({ attribute: false }) shown!: Shown;
  /** In place of the text that is looked at. */
  @property({ attribute: false }) picture: Picture | null = null;
  @property({ attribute: false }) scale: Scale = "linear";
  @property({ attribute: false }) focused: Focus = NOWHERE;
  @property({ attribute: false }) locked = false;

  protected override render() {
    const { text, picture } = this;
    if (picture)
      return figure(text.pictureHeading, text.pictureExplained, this.renderPicture(picture));
    const same = this.shown.querySide === this.shown.keySide;
    return figure(
      text.textHeading,
      same ? text.textExplainedSelf : text.textExplained,
      html`<div class=${this.long ? "long" : ""}>
        <section>${this.renderSide("column")}</section>
        <section>${this.renderSide("row")}</section>
      </div>`,
    );
  }

  private get long(): boolean {
    return Math.max(...this.shown.weights.shape) > LONG;
  }

  private renderPicture(picture: Picture) {
    const { weights, rows } = this.shown;
    const { row, column } = this.focused;
    return html`
      <qkv-picture-regions
        .picture=${picture}
        .name=${row === null ? this.text.pictureWhole : this.text.pictureName(rows[row].text)}
        .shades=${row === null ? null : weights.row(row)}
        .marked=${column}
      ></qkv-picture-regions>
      ${this.renderSide("row")}
    `;
  }

  private renderSide(axis: Axis) {
    const { weights, querySide, keySide, rows, columns } = this.shown;
    const { row, column } = this.focused;
    const side = axis === "row" ? querySide : keySide;
    const pieces = axis === "row" ? rows : columns;
    const role = axis === "row" ? this.text.looking : this.text.lookedAtSide;
    const name = this.text.sideRole(this.text.sides[side.name] ?? side.name, role);
    const [other, seen] = axis === "row" ? [column, weights.column] : [row, weights.row];
    return html`
      <h3 class="quiet">${name}</h3>
      <qkv-shaded-text
        .label=${name}
        .axis=${axis}
        .pieces=${pieces}
        .shades=${other === null ? null : seen.call(weights, other)}
        .scale=${this.scale}
        .marked=${this.focused[axis]}
        .locked=${this.locked}
        .probabilities=${side.probabilities && pieces.map(({ tokens }) => probability(side, tokens))}
      ></qkv-shaded-text>
    `;
  }

  static override styles: CSSResultGroup = [
    base,
    figureStyle,
    css`
      h3 {
        margin-top: 0.6rem;
      }
      .long {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
        gap: 0 3rem;
      }
      .long qkv-shaded-text {
        --size: 1.0625rem;
      }
      qkv-picture-regions {
        max-width: 30rem;
      }
    `,
  ];
}
