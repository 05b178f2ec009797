/** A picture with its regions: what was looked at stays bright. */
import { type CSSResultGroup, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import type { Picture } from "../view/types.ts";
import { Element } from "./element.ts";

const DARKEST = 0.82;

@customElement("qkv-picture-regions")
export class PictureRegions extends Element {
  @property({ attribute: false }) picture!: Picture;
  @property() name = "";
  /** One weight for each region. */
  @property({ attribute: false }) shades: Float32Array | null = null;
  @property({ attribute: false }) marked: number | null = null;

  protected override render() {
    const { src, width, height, boxes } = this.picture;
    const most = this.shades ? Math.max(1e-9, ...this.shades) : 1;
    return html`
      <svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${this.name}
        @pointerleave=${() => this.ask("qkv-hover", { row: null, column: null })}>
        <image href=${src} width=${width} height=${height} />
        ${boxes.map(
          ([left, top, right, bottom], region) => svg`
          <rect
            class=${region === this.marked ? "marked" : ""}
            x=${left} y=${top} width=${right - left} height=${bottom - top}
            fill="#000"
            fill-opacity=${this.shades ? DARKEST * (1 - this.shades[region] / most) : 0}
            @pointerenter=${() => this.ask("qkv-hover", { row: null, column: region })}
            @click=${() => this.ask("qkv-select", { row: null, column: region })}
          ></rect>`,
        )}
      </svg>
    `;
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect {
        print-color-adjust: exact;
      }
      .marked {
        stroke: var(--accent);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
    `,
  ];
}
