/** One view with all its figures: what the report and the live page share. */
import {
  type CSSResultGroup,
  css,
  html,
  nothing,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { type GoldBlock, goldBlocks } from "../view/gold.ts";
import { brief, percent } from "../view/numbers.ts";
import { pieces, probability } from "../view/pieces.ts";
import { type Focus, NOWHERE, type Pane, type Scale, type Selection } from "../view/selection.ts";
import { load, type Shown, suitingScale } from "../view/shown.ts";
import type { Note, View } from "../view/types.ts";
import { Element } from "./element.ts";
import "./head-mosaic.ts";
import "./heat-map.ts";
import "./legend.ts";
import "./picture-regions.ts";
import "./readout.ts";
import "./shaded-text.ts";
import "./shown-sentence.ts";
import "./word-links.ts";

@customElement("qkv-view")
export class ViewElement extends Element {
  @property({ attribute: false }) view!: View;
  /** Which of the selection's panes this is. */
  @property({ attribute: false }) place = 0;
  @property({ attribute: false }) selection!: Selection;
  @property({ attribute: false }) hover: Focus = NOWHERE;
  @state() private shown: Shown | null = null;
  @state() private failure = "";

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
    const pane = JSON.stringify(this.pane);
    const other =
      changed.has("view") ||
      (changed.has("selection") &&
        (JSON.stringify(before?.panes[this.place]) !== pane ||
          before?.unit !== this.selection.unit));
    if (other) this.open(pane);
  }

  private async open(pane: string) {
    try {
      const { view } = this;
      const shown = await load(view, this.pane, this.selection.unit);
      if (view === this.view && pane === JSON.stringify(this.pane)) this.shown = shown;
    } catch (error) {
      this.failure = String(error);
    }
  }

  private choosePane(pane: Pane) {
    const panes = this.selection.panes.map((other, place) => (place === this.place ? pane : other));
    const sameSides = pane.map === this.pane.map;
    this.ask("qkv-select", sameSides ? { panes } : { panes, ...NOWHERE });
  }

  protected override render() {
    const { view, shown } = this;
    return html`
      ${view.model ? html`<p class="model quiet">${view.model.name} · ${view.model.description}</p>` : nothing}
      ${this.failure ? html`<p role="alert">${this.text.unreadable(this.failure)}</p>` : nothing}
      ${view.maps.length ? this.renderSentence() : html`<p>${this.text.noMaps}</p>`}
      ${shown ? this.renderFigures(shown) : nothing}
      ${this.renderConfidence()} ${view.notes.length ? this.renderNotes(view.notes) : nothing}
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
          @qkv-pane=${({ detail }: CustomEvent<Pane>) => this.choosePane(detail)}
        ></qkv-shown-sentence>
        <qkv-readout .shown=${this.shown} .focused=${this.focused} .locked=${this.locked}></qkv-readout>
      </div>
    `;
  }

  private renderFigures(shown: Shown) {
    const blocks = goldBlocks(this.view.gold, shown);
    return html`
      ${this.showsPicture(shown) ? this.renderPicture(shown) : this.renderText(shown)}
      ${this.renderMap(shown, blocks)} ${this.showsPicture(shown) ? nothing : this.renderLinks(shown, blocks)}
      ${figure(
        this.text.headsHeading,
        this.text.headsExplained,
        html`<qkv-head-mosaic
          .maps=${this.view.maps}
          .pane=${this.pane}
          .scale=${this.scale}
          @qkv-pane=${({ detail }: CustomEvent<Pane>) => this.choosePane(detail)}
        ></qkv-head-mosaic>`,
      )}
    `;
  }

  private showsPicture({ map }: Shown): boolean {
    return this.view.picture !== null && map.columns === 0;
  }

  private renderText(shown: Shown) {
    const { weights, querySide, keySide, rows, columns } = shown;
    const { row, column } = this.focused;
    const same = querySide === keySide;
    return figure(
      this.text.textHeading,
      same ? this.text.textExplainedSelf : this.text.textExplained,
      html`
        ${this.renderSide("column", keySide.name, shown, columns, row === null ? null : weights.row(row))}
        ${this.renderSide("row", querySide.name, shown, rows, column === null ? null : weights.column(column))}
      `,
    );
  }

  private renderSide(
    axis: "row" | "column",
    name: string,
    shown: Shown,
    shownPieces: Shown["rows"],
    shades: Float32Array | null,
  ) {
    const role = axis === "row" ? this.text.looking : this.text.lookedAtSide;
    const side = axis === "row" ? shown.querySide : shown.keySide;
    const sure = side.probabilities
      ? shownPieces.map(({ tokens }) => probability(side, tokens))
      : null;
    return html`
      <h3 class="quiet">${name ? `${role}: ${name}` : role}</h3>
      <qkv-shaded-text
        .label=${name ? `${role}: ${name}` : role}
        .axis=${axis}
        .pieces=${shownPieces}
        .shades=${shades}
        .scale=${this.scale}
        .marked=${this.focused[axis]}
        .locked=${this.locked}
        .probabilities=${sure}
      ></qkv-shaded-text>
    `;
  }

  private renderPicture(shown: Shown) {
    const { weights, rows } = shown;
    const { row, column } = this.focused;
    const picture = this.view.picture!;
    return html`
      ${figure(
        this.text.pictureHeading,
        this.text.pictureExplained,
        html`
          <qkv-picture-regions
            class="picture"
            .picture=${picture}
            .name=${row === null ? this.text.pictureWhole : this.text.pictureName(rows[row].text)}
            .shades=${row === null ? null : weights.row(row)}
            .marked=${column}
          ></qkv-picture-regions>
          ${this.renderSide("row", shown.querySide.name, shown, rows, column === null ? null : weights.column(column))}
        `,
      )}
      ${figure(this.text.pictureWordsHeading, "", this.renderPictureWords(shown))}
    `;
  }

  private renderPictureWords({ weights, rows }: Shown) {
    return html`<ol class="small-pictures">
      ${rows.map(
        ({ text }, row) => html`<li>
          <qkv-picture-regions
            .picture=${this.view.picture!}
            .name=${this.text.pictureName(text)}
            .shades=${weights.row(row)}
          ></qkv-picture-regions>
          <bdi>${text}</bdi>
        </li>`,
      )}
    </ol>`;
  }

  private renderMap(shown: Shown, blocks: GoldBlock[]) {
    const { gold } = this.view;
    return figure(
      this.text.mapHeading,
      html`${this.text.mapExplained} <span class="screen">${this.text.mapKeys}</span>
        ${gold && blocks.length ? html`<br />${this.text.goldLegend} ${this.text.aer(brief(gold.aer))}.` : nothing}`,
      html`
        <qkv-heat-map
          .shown=${shown}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${blocks}
        ></qkv-heat-map>
        <qkv-legend .scale=${this.scale}></qkv-legend>
      `,
    );
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

  private renderConfidence() {
    const { alternatives, sides } = this.view;
    const side = sides.find(({ probabilities }) => probabilities);
    return html`
      ${
        side
          ? figure(
              this.text.confidenceHeading,
              "",
              html`<ol class="confidence">
            ${pieces(side, this.shown?.unit ?? "words").map(({ text, tokens }) => {
              const sure = probability(side, tokens)!;
              return html`<li><bdi>${text}</bdi><meter value=${sure} aria-label=${text}></meter>
                <span class="number quiet">${percent(sure)}</span></li>`;
            })}
          </ol>`,
            )
          : nothing
      }
      ${alternatives.length ? this.renderAlternatives() : nothing}
    `;
  }

  private renderAlternatives() {
    return figure(
      this.text.alternativesHeading,
      this.text.alternativesExplained,
      html`<ol class="alternatives">
        ${this.view.alternatives.map(
          ({ text, score }) =>
            html`<li><span class="number quiet">${score.toFixed(3)}</span> <span dir="auto">${text}</span></li>`,
        )}
      </ol>`,
    );
  }

  private renderNotes(notes: Note[]) {
    return figure(
      this.text.notesHeading,
      "",
      html`<ul>${notes.map((note) => this.renderNote(note))}</ul>`,
    );
  }

  private renderNote({ map, layer, head, place, share }: Note) {
    const where = this.text.headName(
      this.view.maps[map].layers[layer].name || this.text.layerNumber(layer),
      this.text.headNumber(head),
    );
    return html`<li>
      ${this.text.sink(percent(share), this.text.places[place], where)}
      <button class="screen" type="button" @click=${() => this.choosePane({ ...this.pane, map, layer, head })}>
        ${this.text.showIt}
      </button>
    </li>`;
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      .model {
        margin-top: 0.75rem;
      }
      .said {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--paper);
        border-bottom: 1px solid var(--rule);
        padding: 0.75rem 0;
      }
      figure {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 15rem;
        gap: 0.5rem 2.5rem;
        padding: 1.25rem 0;
        break-inside: avoid;
      }
      @container (max-width: 50rem) {
        figure {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      :host {
        container-type: inline-size;
      }
      h2 {
        font: italic 400 1.125rem/1.4 var(--serif);
        grid-column: 1 / -1;
      }
      h3 {
        margin-top: 0.5rem;
      }
      .picture {
        max-width: 32rem;
      }
      .small-pictures {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr));
        gap: 0.75rem;
      }
      .confidence li {
        display: grid;
        grid-template-columns: minmax(0, 10rem) minmax(3rem, 16rem) 4rem;
        gap: 0.75rem;
        align-items: center;
      }
      meter {
        width: 100%;
      }
      bdi {
        font-family: var(--serif);
        overflow-wrap: anywhere;
      }
      .alternatives li {
        padding: 0.15rem 0;
        font-family: var(--serif);
      }
      button {
        text-decoration: underline;
      }
      @media print {
        .said {
          position: static;
        }
      }
    `,
  ];
}

const figure = (
  heading: string,
  explained: TemplateResult | string,
  content: TemplateResult,
) => html`
  <figure aria-label=${heading}>
    <h2>${heading}</h2>
    <div>${content}</div>
    <figcaption class="quiet">${explained}</figcaption>
  </figure>
`;
