/** A figure: what it is, a sentence on how it is read, and the graphic. */
import { type CSSResult, css, html, type TemplateResult } from "lit";

export const figure = (
  heading: string,
  explained: TemplateResult | string,
  content: TemplateResult,
) => html`
  <figure aria-label=${heading}>
    <h2>${heading}</h2>
    <p class="explained quiet">${explained}</p>
    ${content}
  </figure>
`;

export const figureStyle: CSSResult = css`
  figure {
    padding: 1.5rem 0 0;
  }
  h2 {
    font: italic 400 1.1875rem/1.4 var(--serif);
    break-after: avoid;
  }
  h2:lang(zh) {
    font-style: normal;
  }
  .explained {
    max-width: 62ch;
    margin-bottom: 0.75rem;
    text-wrap: pretty;
  }
  bdi {
    font-family: var(--serif);
    overflow-wrap: anywhere;
  }
`;
