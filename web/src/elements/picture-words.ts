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
          ({ text }, row) => html`<li>
            <button
              type="button"
              aria-pressed=${row === this.focused.row}
              @pointerenter=${() => this.ask("qkv-hover", { row, column: null })}
              @pointerleave=${() => this.ask("qkv-hover", NOWHERE)}
              @click=${() => this.ask("qkv-select", { row, column: null })}
            >
              <qkv-picture-regions
                .picture=${this.picture}
                .name=${this.text.pictureName(text)}
                .shades=${weights.row(row)}
              ></qkv-picture-regions>
              <bdi>${text}</bdi>
            </button>
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
      button {
        padding: 0;
        width: 100%;
        text-align: start;
      }
      qkv-picture-regions {
        pointer-events: none;
      }
      [aria-pressed="true"] bdi {
        color: var(--accent);
      }
    `,
  ];
}
