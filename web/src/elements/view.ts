/** One view with all its figures: what the report and the live page share. */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { type GoldBlock, goldBlocks } from "../view/gold.ts";
import { brief, error } from "../view/numbers.ts";
import { type Focus, NOWHERE, type Pane, type Scale, type Selection } from "../view/selection.ts";
import { load, type Shown, suitingScale } from "../view/shown.ts";
import type { View } from "../view/types.ts";
import { Element } from "./element.ts";
import { figure, figureStyle } from "./figure.ts";
import "./head-mosaic.ts";
import "./heat-map.ts";
import "./outcome.ts";
import "./picture-words.ts";
import "./readout.ts";
import "./shown-sentence.ts";
import "./sinks.ts";
import "./two-texts.ts";
import "./word-links.ts";

@customElement("qkv-view")
export class ViewElement extends Element {
  @property({ attribute: false }) view!: View;
  /** Which of the selection's panes this is. */
  @property({ attribute: false }) place = 0;
  @property({ attribute: false }) selection!: Selection;
  @property({ attribute: false }) hover: Focus = NOWHERE;
  @state() private shown: Shown | null = null;
  /** What is shown is not yet what is selected. */
  @state() private reading = true;
  @state() private failure = "";
  private opening = 0;

  private get pane(): Pane {
    return this.selection.panes[this.place];
  }

  /** What is kept, or else what is pointed at. */
  private get focused(): Focus {
    const { row, column } = this.locked ? this.selection : this.hover;
    const [rows, columns] = this.shown?.weights.shape ?? [0, 0];
    return {
      row: row !== null && row < rows ? row : null,
      column: column !== null && column < columns ? column : null,
    };
  }

  private get locked(): boolean {
    return this.selection.row !== null || this.selection.column !== null;
  }

  private get scale(): Scale {
    return this.selection.scale ?? (this.shown ? suitingScale(this.shown.weights) : "linear");
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const before = changed.get("selection") as Selection | undefined;
    const { panes, unit } = this.selection;
    const samePane =
      JSON.stringify(before?.panes[this.place]) === JSON.stringify(panes[this.place]);
    const other = changed.has("selection") && !(samePane && before?.unit === unit);
    if (other || changed.has("view")) this.open();
  }

  /** Decoding takes a moment, in which another may be asked for. */
  private async open() {
    const opening = ++this.opening;
    this.reading = true;
    this.failure = "";
    try {
      const shown = await load(this.view, this.pane, this.selection.unit);
      if (opening !== this.opening) return;
      this.shown = shown;
    } catch (error) {
      this.failure = String(error);
    }
    this.reading = false;
  }

  private readonly paneChosen = ({ detail }: CustomEvent<Partial<Pane>>) => {
    const pane = { ...this.pane, ...detail };
    const panes = this.selection.panes.map((other, place) => (place === this.place ? pane : other));
    const sameSides = pane.map === this.pane.map;
    this.ask("qkv-select", sameSides ? { panes } : { panes, ...NOWHERE });
  };

  protected override render() {
    const { view, shown } = this;
    const { name, description, parts } = view.model ?? {};
    const about = [name, description, parts && this.text.modelParts(parts)];
    return html`
      <p class="model quiet">${about.filter(Boolean).join(" · ")}</p>
      ${this.failure ? html`<p role="alert">${this.text.unreadable(this.failure)}</p>` : nothing}
      ${view.maps.length ? this.renderSentence() : html`<p>${this.text.noMaps}</p>`}
      ${shown ? this.renderFigures(shown) : nothing}
      <div class="beside">
        <qkv-outcome .view=${view} .unit=${shown?.unit ?? "words"}></qkv-outcome>
        ${view.notes.length ? this.renderSinks() : nothing}
      </div>
    `;
  }

  private renderSentence() {
    return html`
      <div class="said">
        <qkv-shown-sentence
          .view=${this.view}
          .pane=${this.pane}
          .unit=${this.shown?.unit ?? this.selection.unit}
          .scale=${this.scale}
          @qkv-pane=${this.paneChosen}
        ></qkv-shown-sentence>
        <qkv-readout .shown=${this.reading ? null : this.shown} .focused=${this.focused} .locked=${this.locked}></qkv-readout>
      </div>
    `;
  }

  private renderFigures(shown: Shown) {
    const { scale, focused, locked } = this;
    const blocks = goldBlocks(this.view.gold, shown);
    const picture = shown.map.columns === 0 ? this.view.picture : null;
    return html`
      <qkv-two-texts
        .shown=${shown}
        .picture=${picture}
        .scale=${scale}
        .focused=${focused}
        .locked=${locked}
      ></qkv-two-texts>
      <div class="beside">
        ${this.renderMap(shown, blocks)}
        ${
          picture
            ? html`<qkv-picture-words .shown=${shown} .picture=${picture} .focused=${focused}></qkv-picture-words>`
            : this.renderLinks(shown, blocks)
        }
      </div>
      ${this.severalHeads ? this.renderHeads() : nothing}
    `;
  }

  private renderMap(shown: Shown, blocks: GoldBlock[]) {
    const { gold } = this.view;
    return figure(
      this.text.mapHeading,
      html`${this.text.mapExplained}${this.text.gap}${this.renderPrecision(shown)}${
        gold && blocks.length
          ? html`${this.text.gap}${this.text.goldLegend}${this.text.gap}${this.text.aer(brief(gold.aer))}`
          : nothing
      }`,
      html`
        <qkv-heat-map
          .shown=${shown}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${blocks}
        ></qkv-heat-map>
        <p class="explained quiet screen">${this.text.mapKeys}</p>
      `,
    );
  }

  private renderPrecision({ weights: { precision, overview }, layer: { kernel } }: Shown) {
    const said =
      precision === null ? this.text.bound(...overview.by) : this.text.exact(error(precision));
    return kernel ? `${said}${this.text.gap}${this.text.kernel(kernel)}` : said;
  }

  private renderLinks(shown: Shown, blocks: GoldBlock[]) {
    return figure(
      this.text.linksHeading,
      this.text.linksExplained,
      html`<qkv-word-links
        .shown=${shown}
        .scale=${this.scale}
        .focused=${this.focused}
        .locked=${this.locked}
        .blocks=${blocks}
      ></qkv-word-links>`,
    );
  }

  private get severalHeads(): boolean {
    return this.view.maps.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads)).length > 1;
  }

  private renderHeads() {
    return figure(
      this.text.headsHeading,
      this.text.headsExplained,
      html`<qkv-head-mosaic
        .maps=${this.view.maps}
        .pane=${this.pane}
        .scale=${this.scale}
        @qkv-pane=${this.paneChosen}
      ></qkv-head-mosaic>`,
    );
  }

  private renderSinks() {
    return html`<qkv-sinks .view=${this.view} @qkv-pane=${this.paneChosen}></qkv-sinks>`;
  }

  static override styles: CSSResultGroup = [
    base,
    figureStyle,
    css`
      .model {
        margin-top: 0.75rem;
      }
      .said {
        background: var(--paper);
        border-bottom: 1px solid var(--rule);
        padding: 0.5rem 0;
      }
      @media screen and (min-width: 45rem) and (min-height: 36rem) {
        .said {
          position: sticky;
          top: 0;
          z-index: 1;
        }
      }
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
        gap: 0 3rem;
        align-items: start;
      }
    `,
  ];
}
