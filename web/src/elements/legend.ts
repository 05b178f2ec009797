/** The scale of the shades. */
import { type CSSResultGroup, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import { colour, position, rgb } from "../view/colour.ts";
import type { Scale } from "../view/selection.ts";
import { Element } from "./element.ts";

const TICKS: Record<Scale, number[]> = {
  linear: [0, 0.25, 0.5, 0.75, 1],
  log: [0.0001, 0.001, 0.01, 0.1, 1],
};
const STEPS = 40;
const WIDTH = 200;

@customElement("qkv-legend")
export class Legend extends Element {
  @property({ attribute: false }) scale: Scale = "linear";

  protected override render() {
    const { theme } = preferences;
    const step = WIDTH / STEPS;
    return html`<svg viewBox="-16 0 ${WIDTH + 32} 26" width=${`${(WIDTH + 32) / 16}rem`} height=${`${26 / 16}rem`} role="img" aria-label=${this.text[this.scale]}>
      ${Array.from(
        { length: STEPS },
        (_, n) => svg`<rect x=${n * step} width=${step + 0.5} height="8"
        fill=${rgb(colour((n + 0.5) / STEPS, theme))}></rect>`,
      )}
      ${TICKS[this.scale].map((weight) => svg`<text x=${position(weight, this.scale) * WIDTH} y="22">${weight}</text>`)}
    </svg>`;
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      svg {
        max-width: 100%;
      }
      text {
        font: 11px var(--sans);
        fill: var(--quiet);
        text-anchor: middle;
      }
      rect {
        print-color-adjust: exact;
      }
    `,
  ];
}
