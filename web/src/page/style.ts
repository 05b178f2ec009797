/** Controls of the live page, beside what all pages have. */
import { type CSSResult, css } from "lit";

export const controls: CSSResult = css`
  :host {
    --raised: color-mix(in srgb, var(--ink) 5%, var(--paper));
  }
  label,
  .label,
  h2 {
    display: block;
    font: 400 0.875rem/1.5 var(--sans);
    color: var(--quiet);
  }
  h2 {
    color: var(--ink);
    font-weight: 600;
  }
  h3:lang(zh) {
    font-style: normal !important;
  }
  button.plain {
    text-decoration: underline;
    text-underline-offset: 0.15em;
    text-decoration-color: var(--quiet);
  }
  button.plain:hover {
    text-decoration-color: var(--accent);
    color: var(--accent);
  }
  button.chip {
    border: 1px solid var(--quiet);
    border-radius: 1em;
    padding: 0.1em 0.7em;
    min-height: 1.75rem;
    font-size: 0.875rem;
  }
  button.chip:hover {
    border-color: var(--accent);
    color: var(--accent);
  }
  button.chip[aria-pressed="true"] {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
  }
  input[type="text"],
  input[type="password"] {
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 0;
    border-bottom: 1px solid var(--quiet);
    padding: 0.2em 0.4em;
    min-width: 0;
  }
  progress {
    appearance: none;
    border: 0;
    height: 0.75em;
    background: var(--rule);
  }
  progress::-webkit-progress-bar {
    background: var(--rule);
  }
  progress::-webkit-progress-value {
    background: var(--weight);
  }
  progress::-moz-progress-bar {
    background: var(--weight);
  }
  summary {
    cursor: pointer;
    font-size: 0.875rem;
  }
`;

/** For a projector: all measures are in rem. */
export const largeType: CSSResult = css`
  :root[data-size="large"] {
    font-size: 150%;
  }
`;
