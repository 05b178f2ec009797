/** The live page: ask, see what was looked at, change it, see what becomes of it. */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from "lit";
import { customElement, state } from "lit/decorators.js";
import "../elements/preferences-switch.ts";
import "../elements/view.ts";
import { base } from "../style/base.ts";
import { preferences } from "../text/preferences.ts";
import { percent } from "../view/numbers.ts";
import { pieces } from "../view/pieces.ts";
import {
  type Focus,
  firstPane,
  NOWHERE,
  partsOf,
  type Selection,
  selectionOf,
} from "../view/selection.ts";
import { canBeMerged } from "../view/shown.ts";
import type { View } from "../view/types.ts";
import { type Change, changed, keyOf, wordsAt } from "./changes.ts";
import "./chosen.ts";
import { followed } from "./difference.ts";
import "./heads-off.ts";
import { Live } from "./live.ts";
import { PageElement } from "./page-element.ts";
import { MOST_BYTES, type Picture, readPicture } from "./picture.ts";
import { fragmentOf, NOTHING, type Question, questionOf } from "./question.ts";
import { RESULT_SIDE } from "./result.ts";
import { Failure, hasToken, keepToken, type Model, models } from "./server.ts";
import "./source.ts";
import "./steps.ts";
import { modelFor, rowAt, STOPS, type Stop, stepsAt } from "./stops.ts";
import { controls } from "./style.ts";
import "./token.ts";
import "./tour.ts";

const EXAMPLES: Record<string, string> = {
  zh: "我喜欢咖啡",
  de: "Ein Mann liest ein Buch.",
  en: "I like coffee.",
};

/** What the server says of these is about what was asked, and worth more than words about a status. */
const ABOUT_THE_QUESTION = [400, 404, 422];

/** A token that is not the server's is refused otherwise than none. */
const wantsToken = ({ status }: Failure) => status === 401 || (status === 403 && hasToken());

@customElement("qkv-page")
export class Page extends PageElement {
  @state() private models: Model[] | null = null;
  @state() private question: Question = NOTHING;
  @state() private picture: Picture | null = null;
  @state() private selection: Selection = { panes: [], unit: "words", scale: null, ...NOWHERE };
  @state() private hover: Focus = NOWHERE;
  /** What is shown: now, and before the changes if there are any. */
  @state() private now: View | null = null;
  @state() private former: View | null = null;
  /** What each change was chosen for, of the result that was shown then. */
  @state() private words: ReadonlyMap<string, string> = new Map();
  @state() private stop: number | null = null;
  @state() private note = "";
  @state() private failure: Failure | null = null;

  private readonly live = new Live(this, () => this.answered());
  /** A stop of the tour whose answer is awaited, for what is chosen and changed there. */
  private arriving: Stop | null = null;

  /** An address whose answer is awaited, for what is chosen there. */
  private opening: string | null = null;

  private readonly addressChanged = () => {
    this.opening = location.hash;
    const { text, model } = this.question;
    this.question = questionOf(location.hash);
    if (text !== this.question.text || model !== this.question.model) this.words = new Map();
    this.live.ask(this.asked, this.image, 0);
  };

  private readonly keyPressed = ({ key }: KeyboardEvent) => {
    if (key === "Escape") this.select(NOWHERE);
  };

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("popstate", this.addressChanged);
    addEventListener("keydown", this.keyPressed);
    this.question = questionOf(location.hash);
    this.opening = location.hash;
    this.open();
  }

  override disconnectedCallback() {
    removeEventListener("popstate", this.addressChanged);
    removeEventListener("keydown", this.keyPressed);
    super.disconnectedCallback();
  }

  private get model(): Model | null {
    const served = this.models ?? [];
    return served.find(({ name }) => name === this.question.model) ?? served[0] ?? null;
  }

  /** Of the model that is shown, which the server would else choose by the language. */
  private get asked(): Question {
    return { ...this.question, model: this.question.model ?? this.model?.name ?? null };
  }

  private get captioning(): boolean {
    return this.model?.kind === "captioning";
  }

  private get image(): string | null {
    return this.captioning ? (this.picture?.sent ?? "") : null;
  }

  private async open() {
    try {
      this.models = await models(new AbortController().signal);
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof Failure ? error : new Failure(0, String(error));
      return;
    }
    const { source } = this.model ?? {};
    if (location.hash.length < 2) {
      this.question = { ...NOTHING, text: EXAMPLES[source ?? "en"] ?? EXAMPLES.en };
    }
    const stop = new URLSearchParams(location.hash.slice(1)).get("tour");
    if (stop === null) this.live.ask(this.asked, this.image, 0);
    else this.goTo(Number(stop) - 1);
  }

  /** Another question; what is said of itself leaves the address before to be gone back to. */
  private put(part: Partial<Question>, { pause = 0, replace = false } = {}) {
    this.question = { ...this.question, ...part };
    this.opening = null;
    const { address } = this;
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.hash) history.pushState(null, "", address);
    this.live.ask(this.asked, this.image, pause);
  }

  /** Of what is asked and what is chosen. */
  private get address(): string {
    const { selection, now } = this;
    if (!now || selection.panes.length === 0) return `#${fragmentOf(this.question)}`;
    const [there, first] = [selection, selectionOf("", [now])].map(partsOf);
    return `#${fragmentOf(this.question, there.join() === first.join() ? [] : there)}`;
  }

  private keepAddress() {
    if (this.opening === null && this.address !== location.hash)
      history.replaceState(null, "", this.address);
  }

  private questioned({ text, model, ...part }: Partial<Question>) {
    this.note = "";
    if (text === undefined && model === undefined) {
      this.put(part);
      return;
    }
    const anew = { steps: [], alternative: 0, ...part };
    if (this.question.steps.length > 0) this.note = this.say.textIsNew;
    this.selection = { ...this.selection, ...NOWHERE };
    this.words = new Map();
    if (text !== undefined) this.put({ ...anew, text }, { pause: undefined, replace: true });
    if (model !== undefined) this.put({ ...anew, model });
  }

  private change(step: Change) {
    this.note = "";
    if (this.now && "rows" in step && !this.words.has(keyOf(step)))
      this.words = new Map(this.words).set(
        keyOf(step),
        wordsAt(this.now.sides[RESULT_SIDE], step.rows),
      );
    this.put({ steps: changed(this.question.steps, step), alternative: 0 });
  }

  private answered() {
    const { before, after } = this.live.answer;
    const stripped = (view: View | undefined) => (view ? { ...view, alternatives: [] } : null);
    const last = this.now;
    this.now = stripped((after ?? before)?.view);
    this.former = after ? stripped(before?.view) : null;
    if (!this.now) return;
    if (this.opening !== null) this.selection = selectionOf(this.opening, [this.now]);
    else if (last) this.followWords(last, this.now);
    this.fitSelection(this.now);
    const bare = this.opening !== null && location.hash.length < 2;
    this.opening = null;
    if (this.arriving) this.arrive(this.arriving, this.now);
    if (!bare) this.keepAddress();
  }

  /** Keeps the words of the result that are chosen where it is another one. */
  private followWords(last: View, now: View) {
    const { row, column, panes } = this.selection;
    const map = last.maps[panes[0]?.map];
    const layer = map?.layers[panes[0].layer];
    const unit = !layer || canBeMerged(layer) ? this.selection.unit : "tokens";
    const kept = (number: number | null, side: number | undefined) => {
      if (number === null || (side ?? RESULT_SIDE) !== RESULT_SIDE) return number;
      const [before, after] = [last, now].map(({ sides }) => pieces(sides[RESULT_SIDE], unit));
      return followed(before, after, number);
    };
    const there = { row: kept(row, map?.rows), column: kept(column, map?.columns) };
    this.selection = { ...this.selection, ...there };
  }

  /** Keeps what is chosen where the view still has it. */
  private fitSelection(view: View) {
    const [pane] = this.selection.panes;
    const layer = pane && view.maps[pane.map]?.layers[pane.layer];
    const there = layer && (pane.head === null || pane.head < layer.heads.length);
    const kept = there ? pane : firstPane(0, view);
    this.selection = { ...this.selection, panes: [kept, kept] };
  }

  private select(part: Partial<Selection>) {
    const [pane, other] = part.panes ?? this.selection.panes;
    const moved = pane === this.selection.panes[0] ? other : pane;
    this.selection = { ...this.selection, ...part, panes: moved ? [moved, moved] : [] };
    this.keepAddress();
  }

  private async takePicture(file: File) {
    this.note = "";
    if (!file.type.startsWith("image/")) this.note = this.say.notAPicture(file.name);
    else if (file.size > MOST_BYTES) this.note = this.say.pictureTooLarge(file.name);
    if (this.note) return;
    const kept = this.picture === null ? this.question.steps : [];
    this.picture = await readPicture(file);
    this.put({ steps: kept, alternative: 0 });
  }

  private goTo(stop: number | null) {
    this.stop = stop !== null && stop in STOPS ? stop : null;
    this.arriving = null;
    this.note = "";
    if (this.stop === null) return;
    const there = STOPS[this.stop];
    const model = modelFor(there, this.models ?? []);
    if (!model) return;
    this.arriving = there;
    this.words = new Map();
    this.selection = { ...this.selection, ...NOWHERE };
    this.put({ model: model.name, text: there.text, steps: [], alternative: 0 });
  }

  /** The answer for a stop has come: choose its map and word, change what it changes. */
  private arrive(stop: Stop, view: View) {
    this.arriving = null;
    const number = view.maps.findIndex(({ kind }) => kind === stop.map);
    if (number >= 0) {
      const pane = firstPane(0, view, number);
      const words = pieces(view.sides[view.maps[number].rows], this.selection.unit);
      const row = rowAt(stop, words);
      this.selection = {
        ...this.selection,
        panes: [pane, pane],
        row,
        column: null,
      };
    }
    const steps = stepsAt(stop, view);
    if (steps.length > 0) this.put({ steps });
    this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#${stop.part}`)?.scrollIntoView({ block: "nearest" }),
    );
  }

  private hovered({ detail }: CustomEvent<Focus>) {
    this.hover = detail;
  }

  private giveToken(token: string) {
    keepToken(token);
    this.failure = null;
    this.open();
  }

  protected override updated(changedProperties: PropertyValues) {
    super.updated(changedProperties);
    document.title = this.say.documentTitle;
  }

  protected override render() {
    const failure = this.failure ?? this.live.failure;
    const locked = failure !== null && wantsToken(failure);
    return html`
      ${this.renderHeader()}
      <main
        @qkv-question=${({ detail }: CustomEvent<Partial<Question>>) => this.questioned(detail)}
        @qkv-change=${({ detail }: CustomEvent<Change>) => this.change(detail)}
        @qkv-picture=${({ detail }: CustomEvent<File>) => this.takePicture(detail)}
        @qkv-select=${({ detail }: CustomEvent<Partial<Selection>>) => this.select(detail)}
        @qkv-hover=${this.hovered}
        @qkv-token=${({ detail }: CustomEvent<string>) => this.giveToken(detail)}
      >
        ${
          locked
            ? html`<qkv-token .wrong=${hasToken()}></qkv-token>`
            : [this.renderAsk(), failure ? this.renderFailure(failure) : nothing, this.renderLook()]
        }
      </main>
      ${
        this.stop === null
          ? nothing
          : html`<qkv-tour
            .stop=${this.stop}
            .side=${STOPS[this.stop].part === "chosen" ? "left" : "right"}
            .lacking=${this.lacking(STOPS[this.stop])}
            @qkv-tour=${({ detail }: CustomEvent<number | null>) => this.goTo(detail)}
          ></qkv-tour>`
      }
    `;
  }

  private renderHeader() {
    const large = document.documentElement.dataset.size === "large";
    return html`
      <header>
        <h1>qkv <span class="quiet">${this.say.subtitle}</span></h1>
        ${this.models ? this.renderModels(this.models) : nothing}
        <div class="switches">
          <button class="plain" type="button" @click=${() => this.goTo(0)}>${this.say.takeTour}</button>
          <button class="plain" type="button" aria-pressed=${large} @click=${this.switchType}>
            ${this.say.largeType}
          </button>
          <qkv-preferences-switch></qkv-preferences-switch>
        </div>
      </header>
    `;
  }

  private switchType() {
    const { dataset } = document.documentElement;
    if (dataset.size === "large") delete dataset.size;
    else dataset.size = "large";
    preferences.dispatchEvent(new Event("change")); // what is drawn has no rem
  }

  private renderModels(served: Model[]) {
    const { model } = this;
    return html`
      <label class="model">${this.say.model}
        <select
          @change=${({ target }: Event) =>
            this.questioned({ model: (target as HTMLSelectElement).value })}
        >
          ${served.map(
            (one) =>
              html`<option value=${one.name} .selected=${one === model}>${this.modelName(one)}</option>`,
          )}
        </select>
      </label>
    `;
  }

  private modelName({ name, kind, source, target, architecture, attention }: Model): string {
    const does =
      kind === "captioning" ? this.say.captions : source && target ? `${source} → ${target}` : "";
    const looks =
      attention === "none" ? this.say.withoutAttention : this.say.withAttention(attention);
    const built = this.say.architectures[architecture] ?? architecture;
    const parts = [name, does, architecture === "rnn" ? built + this.text.comma + looks : built];
    return parts.filter((part) => part !== "").join(" · ");
  }

  private renderAsk() {
    const { before, after } = this.live.answer;
    const { question } = this;
    return html`
      <section class="ask">
        <qkv-source
          .value=${question.text}
          .language=${this.model?.source ?? null}
          .pictures=${this.captioning}
          .picture=${this.picture?.shown ?? null}
        ></qkv-source>
        <qkv-result
          id="result"
          class=${this.pointedAt("result")}
          .former=${before?.view ?? null}
          .changedTo=${after?.view ?? null}
          .captioning=${this.captioning}
          .working=${this.live.working}
          .unit=${this.selection.unit}
          .alternative=${question.alternative}
          .row=${this.rowOfResult}
        ></qkv-result>
      </section>
      ${this.note ? html`<p class="note" role="status">${this.note}</p>` : nothing}
      ${this.renderOddities()}
      ${
        this.captioning && !this.picture && question.steps.length > 0
          ? html`<p class="note">${this.say.sharedWithoutPicture}</p>`
          : nothing
      }
      <qkv-steps
        id="steps"
        class=${this.pointedAt("steps")}
        .steps=${question.steps}
        .view=${before?.view ?? this.now}
        .words=${this.words}
      ></qkv-steps>
    `;
  }

  private renderOddities() {
    const { warnings, unknown_share = 0, repetition = 0 } = this.result ?? {};
    if (!warnings) return nothing;
    const sentence = this.say.odd(percent(unknown_share), percent(repetition));
    return html`<p class="note" role="status">${sentence}</p>`;
  }

  private get result() {
    const { before, after } = this.live.answer;
    return (after ?? before)?.result ?? null;
  }

  /** The word of the result that is chosen, if rows of the map that is shown are its words. */
  private get rowOfResult(): number | null {
    const map = this.now?.maps[this.selection.panes[0]?.map ?? 0];
    return !map || map.rows === 1 ? this.selection.row : null;
  }

  private pointedAt(part: Stop["part"]) {
    const there = this.stop !== null && !this.lacking(STOPS[this.stop]);
    return there && STOPS[this.stop!].part === part ? "pointed" : nothing;
  }

  private lacking(stop: Stop): boolean {
    return !modelFor(stop, this.models ?? []);
  }

  private renderFailure({ status, sentence }: Failure) {
    const own = sentence !== "" && ABOUT_THE_QUESTION.includes(status);
    const said = this.say.failures[status] ?? this.say.failure(status);
    return html`<p class="failure" role="alert">
      ${own ? this.say.serversWords(sentence) : said}
      <button class="plain" type="button" @click=${this.tryAgain}>${this.say.tryAgain}</button>
    </p>`;
  }

  private tryAgain() {
    if (this.models) this.live.ask(this.asked, this.image, 0);
    else this.open();
  }

  private renderLook() {
    const { now } = this;
    if (!now) return nothing;
    const former = this.former;
    return html`
      <div class="look">
        <div id="view" class="panes ${this.pointedAt("view") === nothing ? "" : "pointed"}" data-count=${former ? 2 : 1}>
          ${former ? this.renderView(former, 1, this.say.before) : nothing}
          ${this.renderView(now, 0, former ? this.say.after : "")}
        </div>
        <aside>
          <qkv-chosen
            id="chosen"
            class=${this.pointedAt("chosen")}
            .question=${this.asked}
            .image=${this.image}
            .model=${this.model}
            .view=${now}
            .result=${this.result}
            .selection=${this.selection}
          ></qkv-chosen>
          <qkv-heads-off
            ?hidden=${!this.model?.changes.includes("heads_off")}
            .layers=${this.model?.layers ?? null}
            .steps=${this.question.steps}
          ></qkv-heads-off>
        </aside>
      </div>
    `;
  }

  private renderView(view: View, place: number, name: string) {
    return html`<section aria-label=${name || nothing}>
      ${name ? html`<h2>${name}</h2>` : nothing}
      <qkv-view .view=${view} .place=${place} .selection=${this.selection} .hover=${this.hover}></qkv-view>
    </section>`;
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        max-width: 110rem;
        margin: 0 auto;
        padding: 0.75rem clamp(0.75rem, 3vw, 2.5rem) 6rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 2rem;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.5rem/1.3 var(--serif);
      }
      .model {
        max-width: 100%;
      }
      .model select {
        color: var(--ink);
        font-size: 1rem;
      }
      .switches {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        align-items: baseline;
        margin-inline-start: auto;
        font-size: 0.875rem;
      }
      .switches > button[aria-pressed="true"] {
        text-decoration: none;
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
      main {
        container-type: inline-size;
      }
      .ask {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem 2.5rem;
        padding: 1rem 0 0.75rem;
      }
      .look {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem 2.5rem;
        margin-top: 0.75rem;
        border-top: 1px solid var(--rule);
      }
      .panes {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0 2.5rem;
        min-width: 0;
      }
      .panes h2 {
        margin-top: 0.75rem;
      }
      aside {
        padding-top: 0.75rem;
        min-width: 0;
        order: -1;
      }
      qkv-heads-off {
        margin-top: 1rem;
        border-top: 1px solid var(--rule);
        padding-top: 0.75rem;
      }
      @container (min-width: 60rem) {
        .ask {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .look {
          grid-template-columns: minmax(0, 1fr) minmax(20rem, 28rem);
        }
        aside {
          order: 0;
          position: sticky;
          top: 0;
          align-self: start;
          max-height: 100vh;
          overflow-y: auto;
          padding-bottom: 1rem;
        }
      }
      @container (min-width: 70rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      .note,
      .failure {
        padding: 0.4rem 0.75rem;
        background: var(--raised);
        border-inline-start: 3px solid var(--quiet);
        margin: 0.25rem 0;
        overflow-wrap: anywhere;
      }
      .failure {
        border-color: var(--accent);
      }
      #chosen.pointed {
        outline-offset: -2px !important;
        padding: 0.5rem;
      }
      .pointed {
        outline: 2px solid var(--accent);
        outline-offset: 6px;
        border-radius: 2px;
      }
    `,
  ];
}
