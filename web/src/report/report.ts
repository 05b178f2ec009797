/** All views of a report, one or two of them side by side; the address says what is looked at. */
import { type CSSResultGroup, css, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Element } from "../elements/element.ts";
import "../elements/preferences-switch.ts";
import "../elements/view.ts";
import { base } from "../style/base.ts";
import {
  type Focus,
  firstPane,
  fragmentOf,
  NOWHERE,
  type Selection,
  selectionOf,
} from "../view/selection.ts";
import type { Report, View } from "../view/types.ts";

const AT_ONCE_MS = 500;
const FORMAT = "qkv views 1";

function read(document: Document): Report {
  const report: Report = JSON.parse(document.getElementById("views")?.textContent ?? "");
  if (report.format !== FORMAT) throw new Error(`${report.format}, not ${FORMAT}`);
  return report;
}

/** Views of one title that follow each other are of one input, by several models. */
function comparable(views: View[]): boolean {
  return views.length > 1 && views[0].title === views[1].title;
}

@customElement("qkv-report")
export class ReportPage extends Element {
  @state() private report: Report | null = null;
  @state() private failure = "";
  @state() private selection!: Selection;
  @state() private hover: Focus = NOWHERE;
  private kept = -Infinity;

  private readonly addressChanged = () => {
    if (this.report) this.selection = this.selectionOfAddress(this.report.views);
  };

  private readonly keyPressed = ({ key }: KeyboardEvent) => {
    if (key === "Escape") this.select(NOWHERE);
  };

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("popstate", this.addressChanged);
    addEventListener("keydown", this.keyPressed);
    this.open();
  }

  override disconnectedCallback() {
    removeEventListener("popstate", this.addressChanged);
    removeEventListener("keydown", this.keyPressed);
    super.disconnectedCallback();
  }

  private open() {
    try {
      this.report = read(document);
      if (this.report.views.length) this.selection = this.selectionOfAddress(this.report.views);
    } catch (error) {
      this.failure = String(error);
    }
  }

  private selectionOfAddress(views: View[]): Selection {
    const selection = selectionOf(location.hash, views);
    if (location.hash === "" && comparable(views)) selection.panes.push(firstPane(1, views[1]));
    return selection;
  }

  private select(change: Partial<Selection>) {
    const selection = { ...this.selection, ...change };
    const fragment = `#${fragmentOf(selection)}`;
    if (fragment === `#${fragmentOf(this.selection)}`) return;
    this.selection = selection;
    this.keepAddress(fragment);
  }

  /** What follows at once, such as steps with the arrow keys, is one entry of the history. */
  private keepAddress(fragment: string) {
    const now = performance.now();
    if (now - this.kept < AT_ONCE_MS) history.replaceState(null, "", fragment);
    else history.pushState(null, "", fragment);
    this.kept = now;
  }

  private point(focus: Focus) {
    this.hover = focus;
  }

  protected override render() {
    return html`
      <header>
        <h1>${this.report?.title}</h1>
        <qkv-preferences-switch class="screen"></qkv-preferences-switch>
      </header>
      <main>${this.failure ? html`<p role="alert">${this.text.unreadable(this.failure)}</p>` : this.renderViews()}</main>
    `;
  }

  private renderViews() {
    if (!this.report) return nothing;
    const { views } = this.report;
    if (views.length === 0) return html`<p>${this.text.noViews}</p>`;
    const { panes } = this.selection;
    return html`
      ${this.renderChoice(views)}
      <div
        class="panes"
        data-count=${panes.length}
        @qkv-hover=${({ detail }: CustomEvent<Focus>) => this.point(detail)}
        @qkv-select=${({ detail }: CustomEvent<Partial<Selection>>) => this.select(detail)}
      >
        ${panes.map(
          (pane, place) => html`
            <qkv-view
              .view=${views[pane.view]}
              .place=${place}
              .selection=${this.selection}
              .hover=${this.hover}
            ></qkv-view>
          `,
        )}
      </div>
    `;
  }

  private renderChoice(views: View[]) {
    const [pane, beside] = this.selection.panes;
    const choose = (place: 0 | 1) => (event: Event) => {
      const number = Number((event.target as HTMLSelectElement).value);
      const chosen = number < 0 ? [] : [firstPane(number, views[number])];
      const panes = place === 0 ? [...chosen, ...(beside ? [beside] : [])] : [pane, ...chosen];
      this.select({ panes, ...NOWHERE });
    };
    return html`
      <p class="choice screen">
${views.length > 1 ? this.renderTexts(views, choose(0)) : nothing}
        <label>${this.text.compareWith}
          <select @change=${choose(1)}>
            <option value="-1" ?selected=${!beside}>${this.text.nothingBeside}</option>
            ${options(views, beside?.view, this.text.itself)}
          </select>
        </label>
      </p>
    `;
  }

  private renderTexts(views: View[], choose: (event: Event) => void) {
    return html`<label>${this.text.views}
      <select @change=${choose}>${options(views, this.selection.panes[0].view, "")}</select>
    </label>`;
  }

  static override styles: CSSResultGroup = [
    base,
    css`
      :host {
        max-width: 84rem;
        margin: 0 auto;
        padding: 1rem clamp(0.75rem, 4vw, 3rem) 4rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        justify-content: space-between;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.25rem/1.3 var(--serif);
        overflow-wrap: anywhere;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        margin-top: 0.75rem;
      }
      .panes {
        display: grid;
        gap: 0 3rem;
        grid-template-columns: minmax(0, 1fr);
      }
      @media (min-width: 60rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `,
  ];
}

/** `itself`: what the only view is called when it is shown twice. */
function options(views: View[], chosen: number | undefined, itself: string) {
  return views.map(({ title, model }, number) => {
    const name = [number + 1, title, model?.name].filter(Boolean).join(" · ");
    return html`<option value=${number} ?selected=${number === chosen}>
      ${views.length === 1 ? itself : name}
    </option>`;
  });
}
