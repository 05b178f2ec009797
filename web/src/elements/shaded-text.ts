/** Words or tokens, shaded by weight: as running text, or one under another beside links. */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import { colour, inkOn, position, rgb } from "../view/colour.ts";
import type { Piece } from "../view/pieces.ts";
import type { Focus, Scale } from "../view/selection.ts";
import { Element } from "./element.ts";

export type Axis = "row" | "column";

/** Shades that differ by less look the same. */
const STEPS = 64;

const STEP_OF_KEY: Record<string, number> = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
  Home: -Infinity,
  End: Infinity,
};

@customElement("qkv-shaded-text")
export class ShadedText extends Element {
  @property() label = "";
  @property({ reflect: true }) layout: "running" | "left" | "right" = "running";
  @property({ attribute: false }) pieces: Piece[] = [];
  /** What the pieces are of the map. */
  @property({ attribute: false }) axis: Axis = "column";
  /** Number of the first piece in its map. */
  @property({ attribute: false }) offset = 0;
  /** One weight for each piece. */
  @property({ attribute: false }) shades: Float32Array | null = null;
  @property({ attribute: false }) scale: Scale = "linear";
  /** In the map's numbers. */
  @property({ attribute: false }) marked: number | null = null;
  @property({ attribute: false }) locked = false;
  @property({ attribute: false }) probabilities: (number | null)[] | null = null;

  private painted = "";

  private get spans() {
    return this.renderRoot.querySelectorAll<HTMLElement>("[data-place]");
  }

  protected override render() {
    const active = this.marked === null ? nothing : `p${this.marked - this.offset}`;
    return html`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout === "running" ? "auto" : "ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${active}
        @pointerover=${(event: Event) => this.pointed(event, false)}
        @pointerleave=${() => this.ask("qkv-hover", { row: null, column: null })}
        @click=${(event: Event) => this.pointed(event, true)}
        @keydown=${this.keyPressed}
      >${guard([this.pieces, this.layout], () => this.pieces.map(this.renderPiece))}</div>
    `;
  }

  private readonly renderPiece = ({ text, space }: Piece, place: number) =>
    html`${this.layout === "running" ? space : nothing}<span
        id="p${place}" data-place=${place} role="option" aria-selected="false"
        ><bdi>${text}</bdi></span>`;

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has("pieces")) this.painted = "";
    this.paintShades();
    this.paintProbabilities();
    const spans = this.spans;
    for (const span of this.renderRoot.querySelectorAll(".marked")) unmark(span);
    const marked = this.marked === null ? undefined : spans[this.marked - this.offset];
    marked?.classList.add("marked");
    marked?.setAttribute("aria-selected", String(this.locked));
  }

  /** By hand: a text may have ten thousand words, of which few change their shade. */
  private paintShades() {
    const { theme } = preferences;
    const steps = Array.from(this.shades ?? [], (weight) =>
      Math.round(position(weight, this.scale) * STEPS),
    );
    const key = `${theme} ${steps}`;
    if (key === this.painted) return;
    this.painted = key;
    this.spans.forEach((span, place) => {
      const ground = colour((steps[place] ?? 0) / STEPS, theme);
      span.style.backgroundColor = steps[place] ? rgb(ground) : "";
      span.style.color = steps[place] ? inkOn(ground) : "";
    });
  }

  private paintProbabilities() {
    this.spans.forEach((span, place) => {
      const value = this.probabilities?.[place];
      span.classList.toggle("probable", typeof value === "number");
      if (typeof value === "number") span.style.setProperty("--probability", `${value * 100}%`);
    });
  }

  private focusOn(place: number): Focus {
    const number = place + this.offset;
    return this.axis === "row" ? { row: number, column: null } : { row: null, column: number };
  }

  private pointed(event: Event, chosen: boolean) {
    const span = (event.target as HTMLElement).closest<HTMLElement>("[data-place]");
    if (!span) return;
    const place = Number(span.dataset.place);
    const again = this.locked && this.marked === place + this.offset;
    if (!chosen) this.ask("qkv-hover", this.focusOn(place));
    else this.ask("qkv-select", again ? { row: null, column: null } : this.focusOn(place));
  }

  private keyPressed(event: KeyboardEvent) {
    const step = STEP_OF_KEY[event.key];
    if (step === undefined || this.pieces.length === 0) return;
    event.preventDefault();
    const from =
      this.marked === null ? (step < 0 ? this.pieces.length : -1) : this.marked - this.offset;
    const place = Math.min(this.pieces.length - 1, Math.max(0, from + step));
    this.ask("qkv-select", this.focusOn(place));
    this.spans[place].scrollIntoView({ block: "nearest" });
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      .pieces {
        font: 400 1.375rem/1.75 var(--serif);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 60vh;
        overflow-y: auto;
      }
      span {
        cursor: pointer;
        border-radius: 2px;
        padding: 0.1em 0;
      }
      .probable {
        background-image: linear-gradient(currentColor, currentColor);
        background-repeat: no-repeat;
        background-position: left bottom;
        background-size: var(--probability) 2px;
      }
      .marked {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      :host(:not([layout="running"])) .pieces {
        display: flex;
        flex-direction: column;
        font-size: 1rem;
        line-height: 1.5rem;
        white-space: nowrap;
        max-height: none;
        overflow: hidden;
        padding: 3px;
        margin: -3px;
      }
      :host(:not([layout="running"])) span {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        height: 1.5rem;
        padding: 0 0.3em;
      }
      :host([layout="left"]) span {
        align-self: flex-end;
      }
      :host([layout="right"]) span {
        align-self: flex-start;
      }
      @media print {
        .pieces {
          max-height: none;
        }
        span {
          print-color-adjust: exact;
        }
      }
    `,
  ];
}

function unmark(span: globalThis.Element) {
  span.classList.remove("marked");
  span.setAttribute("aria-selected", "false");
}
