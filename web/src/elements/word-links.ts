/** Two columns of words with lines between them: a slope graph whose ink is the weight. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import { largest } from "../view/bands.ts";
import { colour, position, rgb } from "../view/colour.ts";
import type { GoldBlock } from "../view/gold.ts";
import { type Focus, NOWHERE, type Scale } from "../view/selection.ts";
import type { Shown } from "../view/shown.ts";
import { Element } from "./element.ts";
import "./shaded-text.ts";

/** Words a side that are shown at once; of longer texts those around what is looked at. */
const MOST = 40;
/** Of 1rem = 16px lines; the style sheet has the same. */
const LINE = 24;
const WIDTH = 180;
/** On the scale of the shades. */
const LEAST_DRAWN: Record<Scale, number> = { linear: 0.05, log: 0.01 };

interface Part {
  first: number;
  end: number;
}

@customElement("qkv-word-links")
export class WordLinks extends Element {
  @property({ attribute: false }) shown!: Shown;
  @property({ attribute: false }) scale: Scale = "linear";
  @property({ attribute: false }) focused: Focus = NOWHERE;
  @property({ attribute: false }) locked = false;
  @property({ attribute: false }) blocks: GoldBlock[] = [];
  @query("canvas") private canvas!: HTMLCanvasElement;

  private get parts(): { rows: Part; columns: Part } {
    const { weights } = this.shown;
    const { row, column } = this.focused;
    const [rows, columns] = weights.shape;
    const middleRow = row ?? (column === null ? 0 : largest(weights.column(column), 1)[0]) ?? 0;
    const middleColumn = column ?? largest(weights.row(middleRow), 1)[0] ?? 0;
    return { rows: partAround(middleRow, rows), columns: partAround(middleColumn, columns) };
  }

  protected override render() {
    const { rows, columns } = this.parts;
    const { querySide, keySide, weights } = this.shown;
    return html`
      <div class="columns">
        ${this.renderSide("column", keySide.name || this.text.lookedAtSide, columns)}
        <canvas aria-hidden="true"></canvas>
        ${this.renderSide("row", querySide.name || this.text.looking, rows)}
      </div>
      ${this.renderPart(columns, weights.shape[1])} ${this.renderPart(rows, weights.shape[0])}
    `;
  }

  private renderSide(axis: "row" | "column", label: string, { first, end }: Part) {
    const { rows, columns } = this.shown;
    return html`<qkv-shaded-text
      layout=${axis === "row" ? "right" : "left"}
      .label=${label}
      .axis=${axis}
      .offset=${first}
      .pieces=${(axis === "row" ? rows : columns).slice(first, end)}
      .marked=${this.focused[axis]}
      .locked=${this.locked}
    ></qkv-shaded-text>`;
  }

  private renderPart({ first, end }: Part, count: number) {
    if (end - first === count) return nothing;
    return html`<p class="quiet">${this.text.linksPart(first + 1, end, count)}</p>`;
  }

  protected override updated() {
    const { rows, columns } = this.parts;
    const height = LINE * Math.max(rows.end - rows.first, columns.end - columns.first);
    const [canvas, ratio] = [this.canvas, devicePixelRatio];
    canvas.style.height = `${height}px`;
    const width = canvas.clientWidth || WIDTH;
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const context = canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    this.drawGold(context, width, rows, columns);
    this.drawLinks(context, width, rows, columns);
  }

  private drawLinks(context: CanvasRenderingContext2D, width: number, rows: Part, columns: Part) {
    const { weights } = this.shown;
    const { row, column } = this.focused;
    const links: [number, number, number][] = [];
    for (let i = rows.first; i < rows.end; i++) {
      const values = weights.row(i);
      for (let j = columns.first; j < columns.end; j++) {
        if (values[j] >= LEAST_DRAWN[this.scale]) links.push([i, j, values[j]]);
      }
    }
    links.sort((one, other) => one[2] - other[2]);
    const anything = row !== null || column !== null;
    for (const [i, j, value] of links) {
      const looked = anything && (row === null || row === i) && (column === null || column === j);
      context.globalAlpha = anything && !looked ? 0.15 : 1;
      context.strokeStyle = rgb(
        colour(0.25 + 0.75 * position(value, this.scale), preferences.theme),
      );
      context.lineWidth = 0.5 + 4 * value;
      line(context, width, j - columns.first, i - rows.first);
    }
    context.globalAlpha = 1;
  }

  private drawGold(context: CanvasRenderingContext2D, width: number, rows: Part, columns: Part) {
    context.strokeStyle = getComputedStyle(this).getPropertyValue("--gold");
    context.lineWidth = 1.5;
    for (const block of this.blocks.filter(({ kind }) => kind !== "link")) {
      context.setLineDash(block.kind === "possible" ? [4, 3] : []);
      const middle = ([first, end]: [number, number], part: Part) =>
        (first + end - 1) / 2 - part.first;
      line(context, width, middle(block.columns, columns) + 0.22, middle(block.rows, rows) + 0.22);
    }
    context.setLineDash([]);
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(3rem, 11rem) minmax(0, 1fr);
        gap: 0.25rem;
        max-width: 40rem;
      }
      canvas {
        width: 100%;
      }
    `,
  ];
}

function partAround(middle: number, count: number): Part {
  const first = Math.max(0, Math.min(count - MOST, middle - MOST / 2));
  return { first, end: Math.min(count, first + MOST) };
}

function line(context: CanvasRenderingContext2D, width: number, from: number, to: number) {
  const [left, right] = [(from + 0.5) * LINE, (to + 0.5) * LINE];
  context.beginPath();
  context.moveTo(0, left);
  context.bezierCurveTo(width / 2, left, width / 2, right, width, right);
  context.stroke();
}
