/** Heads whose weight rests where it says little. */
import { type CSSResultGroup, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { percent } from "../view/numbers.ts";
import type { Pane } from "../view/selection.ts";
import { layerName } from "../view/shown.ts";
import type { Note, View } from "../view/types.ts";
import { Element } from "./element.ts";
import { figure, figureStyle } from "./figure.ts";

@customElement("qkv-sinks")
export class Sinks extends Element {
  @property({ attribute: false }) view!: View;

  protected override render() {
    return figure(
      this.text.notesHeading,
      this.text.notesExplained,
      html`<ul>
        ${this.view.notes.map((note) => this.renderNote(note))}
      </ul>`,
    );
  }

  private renderNote({ map: number, layer, head, place, share }: Note) {
    const map = this.view.maps[number];
    const where = this.text.headIn(
      map.name || this.text.mapKinds[map.kind],
      layerName(map, map.layers[layer]) || this.text.layerNumber(layer),
      this.text.headNumber(head),
    );
    return html`<li>
      <button type="button" @click=${() => this.show({ map: number, layer, head })}>${where}</button>
      <span class="quiet">${this.text.sink(percent(share), this.text.places[place])}</span>
    </li>`;
  }

  private show(detail: Omit<Pane, "view">) {
    this.dispatchEvent(new CustomEvent("qkv-pane", { detail }));
  }

  static override styles: CSSResultGroup = [
    base,
    figureStyle,
    css`
      button {
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--quiet);
        padding-left: 0;
      }
    `,
  ];
}
