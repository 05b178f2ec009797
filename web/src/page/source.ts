/** What is to be translated or described: a text to type, or a picture to drop. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base } from "../style/base.ts";
import { PageElement } from "./page-element.ts";
import { controls } from "./style.ts";

@customElement("qkv-source")
export class Source extends PageElement {
  @property() value = "";
  @property() language: string | null = null;
  @property({ attribute: false }) pictures = false;
  /** A data: address. */
  @property({ attribute: false }) picture: string | null = null;
  @state() private over = false;

  protected override render() {
    return this.pictures ? this.renderPicture() : this.renderText();
  }

  private renderText() {
    return html`
      <label for="text">${this.say.sourceHeading}</label>
      <textarea
        id="text"
        rows="2"
        dir="auto"
        spellcheck="false"
        lang=${this.language ?? nothing}
        placeholder=${this.say.sourceHint}
        .value=${this.value}
        @input=${({ target }: Event) =>
          this.ask("qkv-question", { text: (target as HTMLTextAreaElement).value })}
      ></textarea>
    `;
  }

  private renderPicture() {
    return html`
      <span class="label" id="label">${this.say.pictureHeading}</span>
      <div
        class="drop"
        data-over=${this.over}
        @dragover=${(event: DragEvent) => {
          event.preventDefault();
          this.over = true;
        }}
        @dragleave=${() => {
          this.over = false;
        }}
        @drop=${this.dropped}
      >
        ${this.picture ? html`<img src=${this.picture} alt=${this.say.pictureAlt}>` : nothing}
        <p>
          <label class="file">${this.say.choosePicture}
            <input class="unseen" type="file" accept="image/*" @change=${this.chosen}>
          </label>
          <span class="quiet">${this.say.dropPicture}</span>
        </p>
      </div>
    `;
  }

  private dropped(event: DragEvent) {
    event.preventDefault();
    this.over = false;
    this.give(event.dataTransfer?.files[0]);
  }

  private chosen({ target }: Event) {
    this.give((target as HTMLInputElement).files?.[0]);
  }

  private give(file: File | undefined) {
    if (file) this.ask("qkv-picture", file);
  }

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      textarea {
        display: block;
        width: 100%;
        min-height: 4.5rem;
        field-sizing: content;
        max-height: 40vh;
        resize: vertical;
        font: 400 1.375rem/1.5 var(--serif);
        color: inherit;
        background: var(--raised);
        border: 1px solid transparent;
        border-bottom-color: var(--quiet);
        border-radius: 3px 3px 0 0;
        padding: 0.4rem 0.6rem;
      }
      .drop {
        border: 1px dashed var(--quiet);
        border-radius: 3px;
        padding: 0.6rem;
      }
      .drop[data-over="true"] {
        background: var(--raised);
        border-color: var(--accent);
      }
      img {
        display: block;
        max-width: 100%;
        height: 10rem;
        object-fit: contain;
        object-position: left;
        margin-bottom: 0.5rem;
      }
      .file {
        display: inline;
        color: inherit;
        font-size: 1rem;
        text-decoration: underline;
        cursor: pointer;
      }
      .file:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
    `,
  ];
}
