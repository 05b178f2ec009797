/** Words or tokens, shaded by weight: as running text, or one under another beside links. */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import { largest } from "../view/bands.ts";
import { colour, inkOn, position, rgb } from "../view/colour.ts";
import { directionOf, type Piece } from "../view/pieces.ts";
import type { Focus, Scale } from "../view/selection.ts";
import { Element } from "./element.ts";

export type Axis = "row" | "column";

/** Shades that differ by less look the same. */
const STEPS = 64;
/** Pieces that are laid out together, when they come into sight. */
const BLOCK = 250;

/** What models add to a text, such as its end. */
const SPECIAL = /^(<\S+>|\[[A-Z]+\])$/;

const STEP_OF_KEY: Record<string, number> = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
  Home: -Infinity,
  End: Infinity,
};

/** The same pieces in another array stay where they are: else a press would lose what is under it. */
const areOthers = (pieces: Piece[], before?: Piece[]) =>
  pieces.length !== before?.length || pieces.some((piece, place) => piece !== before[place]);

@customElement("qkv-shaded-text")
export class ShadedText extends Element {
  @property() label = "";
  @property({ reflect: true }) layout: "running" | "left" | "right" = "running";
  @property({ attribute: false, hasChanged: areOthers }) pieces: Piece[] = [];
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

  private spans: HTMLElement[] = [];
  /** The shade of each span, and the theme that it is of. */
  private steps = new Uint8Array();
  private theme = "";

  protected override render() {
    const active = this.marked === null ? nothing : `p${this.marked - this.offset}`;
    return html`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout === "running" ? directionOf(this.pieces) : "ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${active}
        @pointerover=${(event: Event) => this.pointed(event, false)}
        @pointerleave=${() => this.ask("qkv-hover", { row: null, column: null })}
        @click=${(event: Event) => this.pointed(event, true)}
        @keydown=${this.keyPressed}
      ></div>
    `;
  }

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has("pieces")) this.placePieces();
    if (changed.has("probabilities")) this.paintProbabilities();
    this.paintShades();
    for (const span of this.renderRoot.querySelectorAll(".marked")) unmark(span);
    const marked = this.marked === null ? undefined : this.spans[this.marked - this.offset];
    marked?.classList.add("marked");
    marked?.setAttribute("aria-selected", String(this.locked));
    if (changed.has("shades") || changed.has("marked")) this.reveal(marked);
  }

  /** By hand, as are the shades, and block after block: a text may have ten thousand words. */
  private placePieces() {
    const { pieces } = this;
    this.steps = new Uint8Array(pieces.length);
    this.spans = [];
    const box = this.renderRoot.querySelector(".pieces")!;
    box.replaceChildren();
    const placeBlock = () => {
      if (pieces !== this.pieces) return;
      box.append(this.nextBlock());
      this.paintProbabilities();
      this.paintShades();
      if (this.spans.length < pieces.length) setTimeout(placeBlock);
    };
    placeBlock();
  }

  private nextBlock(): HTMLElement {
    const block = document.createElement("div");
    const first = this.spans.length;
    this.pieces.slice(first, first + BLOCK).forEach((piece, place) => {
      const span = pieceSpan(piece, first + place);
      const spaced = this.layout === "running" && (place > 0 || first === 0);
      block.append(spaced ? piece.space : "", span);
      this.spans.push(span);
    });
    return block;
  }

  private paintShades() {
    const { theme } = preferences;
    this.spans.forEach((span, place) => {
      const weight = this.shades?.[place] ?? 0;
      const step = weight ? Math.round(position(weight, this.scale) * STEPS) : 0;
      if (step === this.steps[place] && theme === this.theme) return;
      this.steps[place] = step;
      const ground = colour(step / STEPS, theme);
      span.style.backgroundColor = step ? rgb(ground) : "";
      span.style.color = step ? inkOn(ground) : "";
    });
    this.theme = theme;
  }

  private paintProbabilities() {
    this.spans.forEach((span, place) => {
      const value = this.probabilities?.[place];
      span.classList.toggle("probable", typeof value === "number");
      if (typeof value === "number") span.style.setProperty("--probability", `${value * 100}%`);
    });
  }

  /** What is marked or darkest comes into sight, but the text under the pointer stays where it is. */
  private reveal(marked: HTMLElement | undefined) {
    const box = this.renderRoot.querySelector(".pieces")!;
    if (box.scrollHeight <= box.clientHeight || box.matches(":hover")) return;
    const span = marked ?? this.spans[largest(this.shades ?? [], 1)[0]];
    if (!span) return;
    const [inner, outer] = [span.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top >= outer.top && inner.bottom <= outer.bottom) return;
    box.scrollTop += inner.top - outer.top - box.clientHeight / 2;
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
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      .pieces {
        font: 400 var(--size, 1.375rem) / 1.7 var(--serif);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 18rem;
        overflow-y: auto;
        padding: 3px;
        margin: -3px;
      }
      .pieces > div:nth-child(n + 2) {
        content-visibility: auto;
        contain-intrinsic-height: auto 16rem;
      }
      span {
        cursor: pointer;
        border-radius: 2px;
        padding: 0.1em 0;
      }
      .probable {
        background-image: linear-gradient(var(--quiet), var(--quiet)),
          linear-gradient(var(--rule), var(--rule));
        background-repeat: no-repeat;
        background-position: left bottom;
        background-size:
          var(--probability) 2px,
          100% 2px;
      }
      .special {
        font-size: 0.75em;
        margin-inline-start: 0.35em;
      }
      .special:not([style*="color"]) {
        color: var(--quiet);
      }
      .marked {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      :host(:not([layout="running"])) .pieces > div {
        display: flex;
        flex-direction: column;
      }
      :host(:not([layout="running"])) .pieces {
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
        .pieces > div:nth-child(n) {
          content-visibility: visible;
        }
        span {
          print-color-adjust: exact;
        }
      }
    `,
  ];
}

function pieceSpan({ text }: Piece, place: number): HTMLElement {
  const span = document.createElement("span");
  const attributes = {
    id: `p${place}`,
    "data-place": place,
    role: "option",
    "aria-selected": false,
  };
  for (const [name, value] of Object.entries(attributes)) span.setAttribute(name, String(value));
  if (SPECIAL.test(text)) span.className = "special";
  span.append(document.createElement("bdi"));
  span.firstElementChild!.textContent = text;
  return span;
}

function unmark(span: globalThis.Element) {
  span.classList.remove("marked");
  span.setAttribute("aria-selected", "false");
}
