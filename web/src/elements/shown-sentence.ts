/** A sentence that says what is shown; its parts are the controls. */
import { type CSSResultGroup, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { firstPane, type Pane, type Scale, type Unit } from "../view/selection.ts";
import { canBeMerged, layerName } from "../view/shown.ts";
import type { AttentionMap, Layer, View } from "../view/types.ts";
import { Element } from "./element.ts";

type Option = [value: string, name: string];

@customElement("qkv-shown-sentence")
export class ShownSentence extends Element {
  @property({ attribute: false }) view!: View;
  @property({ attribute: false }) pane!: Pane;
  @property({ attribute: false }) unit: Unit = "words";
  @property({ attribute: false }) scale: Scale = "linear";

  protected override render() {
    const map = this.view.maps[this.pane.map];
    const layer = map.layers[this.pane.layer];
    const parts = [
      this.renderMap(),
      map.layers.length > 1 ? this.renderLayer(map) : null,
      layer.heads.length > 1 ? this.renderHead(layer) : null,
      this.renderUnit(layer),
      this.renderScale(),
    ].filter((part) => part !== null);
    return html`<p>
      ${this.text.showing}${parts.map((part, place) => html`${place ? this.text.comma : ""}<span class="part">${part}</span>`)}
    </p>`;
  }

  private renderMap() {
    const { maps } = this.view;
    return this.renderSelect(this.text.map, maps.map(this.mapOption), this.pane.map, (value) =>
      this.choose(firstPane(this.pane.view, this.view, Number(value))),
    );
  }

  private renderLayer(map: AttentionMap) {
    const options = map.layers.map(
      (layer, number): Option => [
        String(number),
        layerName(map, layer) || this.text.layerNumber(number),
      ],
    );
    return this.renderSelect(this.text.layer, options, this.pane.layer, (value) =>
      this.chooseLayer(map, Number(value)),
    );
  }

  private renderHead(layer: Layer) {
    const { head } = this.pane;
    return this.renderSelect(this.text.head, this.headOptions(layer), head ?? "mean", (value) =>
      this.choose({ ...this.pane, head: value === "mean" ? null : Number(value) }),
    );
  }

  private renderUnit(layer: Layer) {
    const units: Option[] = [
      ["words", this.text.words],
      ["tokens", this.text.tokens],
    ];
    const possible = canBeMerged(layer) ? units : units.slice(1);
    return this.renderSelect(this.text.unit, possible, this.unit, (unit) =>
      this.ask("qkv-select", { unit: unit as Unit, row: null, column: null }),
    );
  }

  private renderScale() {
    const scales: Option[] = [
      ["linear", this.text.linear],
      ["log", this.text.log],
    ];
    return this.renderSelect(this.text.scale, scales, this.scale, (scale) =>
      this.ask("qkv-select", { scale: scale as Scale }),
    );
  }

  private renderSelect(
    label: string,
    options: Option[],
    chosen: string | number,
    choose: (value: string) => void,
  ) {
    if (options.length === 1) return html`<span>${options[0][1]}</span>`;
    return html`<select
      aria-label=${label}
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
    >
      ${options.map(
        ([value, name]) =>
          html`<option value=${value} .selected=${value === String(chosen)}>${name}</option>`,
      )}
    </select>`;
  }

  private readonly mapOption = ({ kind, name }: AttentionMap, number: number): Option => [
    String(number),
    name ? `${this.text.mapKinds[kind]} ${name}` : this.text.mapKinds[kind],
  ];

  private headOptions(layer: Layer): Option[] {
    const heads = layer.heads.map((_, head): Option => [String(head), this.text.headNumber(head)]);
    const several = heads.length > 1 && canBeMerged(layer);
    return several ? [["mean", this.text.meanOfHeads(heads.length)], ...heads] : heads;
  }

  private chooseLayer({ layers }: AttentionMap, layer: number) {
    const heads = layers[layer].heads.length;
    const { head } = this.pane;
    this.choose({ ...this.pane, layer, head: head !== null && head >= heads ? 0 : head });
  }

  private choose(detail: Pane) {
    this.dispatchEvent(new CustomEvent<Pane>("qkv-pane", { detail }));
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      p {
        font-family: var(--serif);
        font-size: 1.0625rem;
        line-height: 1.8;
      }
      .part {
        display: inline-block;
        max-width: 100%;
      }
    `,
  ];
}
