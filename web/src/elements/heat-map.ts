/** A map of weights that can be moved and zoomed, from one cell to ten thousand by ten thousand. */
import { type CSSResultGroup, css, html, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import type { GoldBlock } from "../view/gold.ts";
import { type Focus, NOWHERE, type Scale } from "../view/selection.ts";
import type { Shown } from "../view/shown.ts";
import { TileImages } from "../view/tile-images.ts";
import { Viewport } from "../view/viewport.ts";
import { Element } from "./element.ts";
import "./legend.ts";
import { Gestures } from "./gestures.ts";
import { draw, type Inks, type Margins, marginsFor, typeScale } from "./heat-drawing.ts";

const HIGHEST = 640;
const ZOOM_STEP = 1.5;

const MOVES: Record<string, [down: number, across: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Another head of the same words is seen from where the last one was. */
function sameAxes(before: Shown | undefined, now: Shown): boolean {
  const sides = before?.querySide === now.querySide && before.keySide === now.keySide;
  return sides && before.unit === now.unit;
}

@customElement("qkv-heat-map")
export class HeatMap extends Element {
  @property({ attribute: false }) shown!: Shown;
  @property({ attribute: false }) scale: Scale = "linear";
  @property({ attribute: false }) focused: Focus = NOWHERE;
  @property({ attribute: false }) locked = false;
  @property({ attribute: false }) blocks: GoldBlock[] = [];
  @query("canvas") private canvas!: HTMLCanvasElement;

  private viewport = new Viewport(1, 1);
  private images!: TileImages;
  private margins!: Margins;
  /** That was measured with. */
  private type = 1;
  private frame = 0;
  private readonly resized = new ResizeObserver(() => this.measure());

  override connectedCallback() {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback() {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  protected override render() {
    const [rows, columns] = this.shown.weights.shape;
    return html`
      <canvas
        tabindex="0"
        role="application"
        aria-label="${this.text.mapName(rows, columns)}. ${this.text.mapKeys}"
        @keydown=${this.keyPressed}
      ></canvas>
      <div class="below">
        <qkv-legend .scale=${this.scale}></qkv-legend>
        <div class="buttons screen">
          ${this.renderButton("+", this.text.zoomIn, () => this.zoomMiddle(ZOOM_STEP))}
          ${this.renderButton("−", this.text.zoomOut, () => this.zoomMiddle(1 / ZOOM_STEP))}
          ${this.renderButton("⤢", this.text.whole, () => this.showWhole())}
        </div>
      </div>
    `;
  }

  private renderButton(sign: string, name: string, press: () => void) {
    return html`<button type="button" title=${name} aria-label=${name} @click=${press}>${sign}</button>`;
  }

  protected override firstUpdated() {
    new Gestures(this.canvas, {
      hover: (x, y) => this.ask("qkv-hover", this.cellAt(x, y) ?? NOWHERE),
      leave: () => this.ask("qkv-hover", NOWHERE),
      press: (x, y) => this.press(x, y),
      pan: (x, y) => this.change(() => this.viewport.pan(x, y)),
      zoom: (x, y, factor) => this.change(() => this.zoomAt(x, y, factor)),
      zoomed: () => !this.viewport.whole,
    });
  }

  protected override updated(changed: PropertyValues<this>) {
    const { theme } = preferences;
    const { weights } = this.shown;
    if (changed.has("shown") && !sameAxes(changed.get("shown"), this.shown)) {
      this.viewport = new Viewport(...weights.shape);
      this.measure();
    } else if (this.type !== typeScale()) this.measure();
    const stale =
      this.images?.weights !== weights ||
      this.images.scale !== this.scale ||
      this.images.theme !== theme;
    if (stale) this.images = new TileImages(weights, this.scale, theme, () => this.redraw());
    if (changed.has("focused") && this.locked) this.reveal();
    this.redraw();
  }

  private measure() {
    if (!this.canvas || this.clientWidth === 0) return;
    this.type = typeScale();
    const { rows, columns } = this.shown;
    const context = this.canvas.getContext("2d")!;
    const margins = marginsFor(context, rows, columns, this.clientWidth);
    this.margins = margins;
    this.viewport.fit({
      width: Math.max(40, this.clientWidth - margins.left - margins.right),
      height: Math.min(HIGHEST, Math.max(240, innerHeight * 0.75)),
    });
    const { plot } = this.viewport;
    const width = margins.left + plot.width + margins.right;
    const height = margins.top + plot.height + margins.bottom;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.redraw();
  }

  private redraw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.isConnected && this.margins && this.images) this.draw();
    });
  }

  private draw() {
    const { weights, rows, columns } = this.shown;
    draw({
      context: this.canvas.getContext("2d")!,
      pixelRatio: this.canvas.width / Number.parseFloat(this.canvas.style.width),
      ...{ weights, rows, columns, images: this.images, viewport: this.viewport },
      ...{ margins: this.margins, focus: this.focused, blocks: this.blocks, inks: this.inks() },
      bandNames: [this.text.entropyBand, this.text.receivedBand],
    });
  }

  private inks(): Inks {
    const style = getComputedStyle(this);
    const names = ["ink", "quiet", "bar", "paper", "accent", "gold"] as const;
    return Object.fromEntries(
      names.map((name) => [name, style.getPropertyValue(`--${name}`)]),
    ) as unknown as Inks;
  }

  private change(move: () => void) {
    move();
    this.canvas.style.touchAction = this.viewport.whole ? "pan-x pan-y" : "none";
    this.redraw();
  }

  private cellAt(x: number, y: number) {
    return this.viewport.cellAt(x - this.margins.left, y - this.margins.top);
  }

  private zoomAt(x: number, y: number, factor: number) {
    this.viewport.zoom(x - this.margins.left, y - this.margins.top, factor);
  }

  private zoomMiddle(factor: number) {
    const { plot } = this.viewport;
    this.change(() => this.viewport.zoom(plot.width / 2, plot.height / 2, factor));
    if (this.locked) this.change(() => this.reveal());
  }

  private showWhole() {
    this.change(() => this.viewport.showWhole());
  }

  private press(x: number, y: number) {
    const cell = this.cellAt(x, y);
    const { row, column } = this.focused;
    const again = this.locked && cell?.row === row && cell?.column === column;
    this.ask("qkv-select", again || !cell ? NOWHERE : cell);
  }

  private reveal() {
    const { row, column } = this.focused;
    const { viewport } = this;
    viewport.reveal(row ?? Math.ceil(viewport.top), column ?? Math.ceil(viewport.left));
  }

  private keyPressed(event: KeyboardEvent) {
    const done = this.keyAction(event.key);
    if (!done) return;
    event.preventDefault();
    done();
  }

  private keyAction(key: string): (() => void) | undefined {
    if (key in MOVES) return () => this.move(...MOVES[key]);
    if (key === "+" || key === "=") return () => this.zoomMiddle(ZOOM_STEP);
    if (key === "-") return () => this.zoomMiddle(1 / ZOOM_STEP);
    if (key === "0") return () => this.showWhole();
    return undefined;
  }

  private move(down: number, across: number) {
    const [rows, columns] = this.shown.weights.shape;
    const { row, column } = this.focused;
    const moved = (place: number | null, step: number, count: number) =>
      place === null ? 0 : Math.min(count - 1, Math.max(0, place + step));
    this.ask("qkv-select", { row: moved(row, down, rows), column: moved(column, across, columns) });
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      :host {
        position: relative;
      }
      canvas {
        display: block;
        max-width: 100%;
        touch-action: pan-x pan-y;
        cursor: crosshair;
        print-color-adjust: exact;
      }
      .below {
        display: flex;
        flex-wrap: wrap;
        flex-wrap: wrap;
        justify-content: space-between;
        max-width: 34rem;
        margin-top: 0.25rem;
      }
      .buttons button {
        width: 1.75rem;
        color: var(--quiet);
      }
    `,
  ];
}
