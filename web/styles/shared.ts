import { css } from 'lit';

/** What every element with text, buttons or fields starts from; sizes and colours are tokens of page.css. */
export const base = css`
  :host {
    display: block;
    min-width: 0;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: var(--text-title);
    line-height: 1.2;
    font-weight: 650;
    letter-spacing: -0.015em;
    text-wrap: balance;
  }
  h2 {
    font-size: var(--text-large);
    line-height: 1.3;
    font-weight: 650;
    letter-spacing: -0.005em;
  }
  h3 {
    font-size: var(--text-body);
    font-weight: 600;
  }
  h1:focus {
    outline: none;
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
    border-radius: var(--round-1);
  }
  .soft {
    color: var(--ink-soft);
  }
  .small {
    font-size: var(--text-small);
  }
  .name {
    font-family: var(--font-names);
    font-size: 0.875em;
    overflow-wrap: anywhere;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-4);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
  }
  .card {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--round-2);
    box-shadow: var(--shadow);
    padding: var(--space-4);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

export const buttons = css`
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--space-2);
    min-height: 2.75rem;
    padding: var(--space-2) var(--space-4);
    border: 1px solid var(--line-strong);
    border-radius: var(--round-full);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-weight: 550;
    line-height: 1.2;
    text-align: center;
    text-decoration: none;
    cursor: pointer;
    transition: background var(--quick), border-color var(--quick), transform var(--quick);
  }
  button:hover,
  .button:hover {
    background: var(--sunken);
  }
  button:active,
  .button:active {
    transform: scale(0.98);
  }
  button:focus-visible,
  .button:focus-visible {
    border-radius: var(--round-full);
  }
  button.primary,
  .button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--accent-ink);
  }
  button.primary:hover {
    filter: brightness(1.08);
  }
  button.plain,
  .button.plain {
    background: none;
    border-color: transparent;
    color: var(--accent);
    padding-inline: var(--space-3);
  }
  button.plain:hover,
  .button.plain:hover {
    background: var(--accent-soft);
  }
  button.danger {
    border-color: var(--bad);
    color: var(--bad);
  }
  button.round {
    width: 2.75rem;
    padding: 0;
    flex: none;
  }
  button[disabled] {
    opacity: 0.55;
    cursor: default;
  }
`;

export const fields = css`
  label,
  .label {
    display: grid;
    gap: var(--space-1);
    font-weight: 550;
  }
  input,
  select,
  textarea {
    width: 100%;
    min-height: 2.75rem;
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--line-strong);
    border-radius: var(--round-1);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-weight: 400;
  }
  input[type='checkbox'],
  input[type='radio'] {
    width: 1.25rem;
    min-height: 1.25rem;
    accent-color: var(--accent);
  }
  .hint {
    font-size: var(--text-small);
    font-weight: 400;
    color: var(--ink-soft);
  }
  .wrong {
    color: var(--bad);
    font-weight: 550;
  }
  form {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-4);
  }
`;

/** A list of rows in one card, each row at least as high as a thumb. */
export const rows = css`
  .rows {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--round-2);
    box-shadow: var(--shadow);
    overflow: clip;
  }
  .rows > * + * {
    border-top: 1px solid var(--line);
  }
  .rows > li,
  .rows > .line {
    padding: var(--space-3) var(--space-4);
  }
  summary {
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary:focus-visible {
    outline-offset: -3px;
  }
`;

/** A list of parts of the product, each with how it is; `well` is what works. */
export const states = css`
  li {
    display: flex;
    gap: var(--space-3);
    padding-block: var(--space-3);
    overflow-wrap: anywhere;
  }
  li + li {
    border-top: 1px solid var(--line);
  }
  div {
    min-width: 0;
  }
  q-icon,
  .small:not(.soft) {
    color: var(--ink-soft);
  }
  .well q-icon,
  .well h3 .small {
    color: var(--good);
  }
`;
