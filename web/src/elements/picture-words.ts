/** The picture once for each word of its caption. */
import { type CSSResultGroup, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { type Focus, NOWHERE } from "../view/selection.ts";
import type { Shown } from "../view/shown.ts";
import type { Picture } from "../view/types.ts";
import { Element } from "./element.ts";
import { figure, figureStyle } from "./figure.ts";
import "./picture-regions.ts";

@customElement("qkv-picture-words")
export class PictureWords extends Element {
  @property({ attribute: false }) shown!: Shown;
  @property({ attribute: false }) picture!: Picture;
  @property({ attribute: false }) focused: Focus = NOWHERE;

  protected override render() {
    const { weights, rows } = this.shown;
    return figure(
      this.text.pictureWordsHeading,
      this.text.pictureWordsExplained,
      html`<ol>
        ${rows.map(
          ({ text }, row) => html`<li class=${row === this.focused.row ? "focused" : ""}>
            <qkv-picture-regions
              .picture=${this.picture}
              .name=${this.text.pictureName(text)}
              .shades=${weights.row(row)}
            ></qkv-picture-regions>
            <bdi>${text}</bdi>
          </li>`,
        )}
      </ol>`,
    );
  }

  static override styles: CSSResultGroup = [
    base,
    figureStyle,
    css`
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr));
        gap: 0.75rem;
      }
      .focused bdi {
        color: var(--accent);
      }
    `,
  ];
}
