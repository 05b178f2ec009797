/** One small map for each head of each layer, all on one scale. */
import { type CSSResultGroup, css, html, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import { painted } from "../view/colour.ts";
import { openOverview } from "../view/open.ts";
import type { Pane, Scale } from "../view/selection.ts";
import { layerName } from "../view/shown.ts";
import type { AttentionMap, Layer } from "../view/types.ts";
import { Element } from "./element.ts";

@customElement("qkv-head-mosaic")
export class HeadMosaic extends Element {
  @property({ attribute: false }) maps: AttentionMap[] = [];
  @property({ attribute: false }) pane!: Pane;
  @property({ attribute: false }) scale: Scale = "linear";

  private drawing = 0;

  protected override render() {
    return this.maps.map(
      (map, number) => html`
        <section><h3 class="quiet">${map.name || this.text.mapKinds[map.kind]}</h3>
        <div role="radiogroup" aria-label=${map.name || this.text.mapKinds[map.kind]} @keydown=${this.keyPressed}>
          ${map.layers.map((layer, place) => this.renderLayer(map, layer, number, place))}
        </div></section>
      `,
    );
  }

  private renderLayer(map: AttentionMap, layer: Layer, number: number, place: number) {
    const name = layerName(map, layer) || this.text.layerNumber(place);
    return html`<div class="layer">
      <span class="quiet name">${name}</span>
      ${layer.heads.map((_, head) => this.renderHead(name, { ...this.pane, map: number, layer: place, head }))}
    </div>`;
  }

  private renderHead(layer: string, pane: Pane & { head: number }) {
    const { map, layer: place, head } = this.pane;
    const chosen =
      map === pane.map && place === pane.layer && (head === null || head === pane.head);
    const first = pane.head === (head ?? 0) && place === pane.layer && map === pane.map;
    const tabbed = first || (map !== pane.map && pane.layer === 0 && pane.head === 0);
    return html`<button
      type="button"
      role="radio"
      aria-checked=${chosen}
      aria-label=${this.text.headName(layer, this.text.headNumber(pane.head))}
      title=${this.text.headName(layer, this.text.headNumber(pane.head))}
      tabindex=${tabbed ? 0 : -1}
      @click=${() => this.choose(pane)}
    ><canvas data-head="${pane.map} ${pane.layer} ${pane.head}"></canvas></button>`;
  }

  private choose(pane: Pane) {
    this.dispatchEvent(new CustomEvent<Pane>("qkv-pane", { detail: pane }));
  }

  private keyPressed({ key, currentTarget, target }: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
    if (!step) return;
    const buttons = [...(currentTarget as HTMLElement).querySelectorAll("button")];
    const next = buttons[buttons.indexOf(target as HTMLButtonElement) + step];
    next?.focus();
    next?.click();
  }

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has("maps") || changed.has("scale") || !changed.has("pane")) this.drawAll();
  }

  /** One after the other, so that a hundred heads don't hold up the page. */
  private async drawAll() {
    const drawing = ++this.drawing;
    for (const canvas of this.renderRoot.querySelectorAll("canvas")) {
      const [map, layer, head] = canvas.dataset.head!.split(" ").map(Number);
      const { rows, columns, values } = await openOverview(
        this.maps[map].layers[layer].heads[head],
        this.maps[map].blocks,
      );
      if (drawing !== this.drawing) return;
      [canvas.width, canvas.height] = [columns, rows];
      canvas
        .getContext("2d")!
        .putImageData(painted(values, columns, this.scale, preferences.theme), 0, 0);
    }
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      .layer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .name {
        flex: 0 0 4.5rem;
        overflow-wrap: anywhere;
      }
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem 3rem;
      }
      @media (max-width: 30rem) {
        .layer .name {
          flex-basis: 100%;
        }
      }
      button {
        padding: 2px;
        border: 1px solid var(--rule);
        line-height: 0;
      }
      button[aria-checked="true"] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      canvas {
        width: 4rem;
        height: 4rem;
        image-rendering: pixelated;
        print-color-adjust: exact;
      }
    `,
  ];
}
