import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { List } from '../data/model.ts';
import { counted, fill } from '../data/words.ts';
import { base } from '../styles/shared.ts';

type Findings = Pick<List['status'], 'bad' | 'blocks' | 'problems' | 'skipped'>;

/** What was odd about a list's text: names that phones need, lines that were not understood or say nothing. */
@customElement('q-list-problems')
export class ListProblems extends LitElement {
  @property({ attribute: false }) findings: Findings = {};

  override render() {
    const { blocks = [], problems = [], skipped = 0, bad = problems.length } = this.findings;
    return html`
      ${
        blocks.length > 0
          ? this.#folded(
              counted(blocks.length, {
                one: msg('{count} name that phones need stays protected from it'),
                other: msg('{count} names that phones need stay protected from it'),
              }),
              blocks.map((name) => html`<li class="name">${name}</li>`),
            )
          : ''
      }
      ${
        bad > 0
          ? this.#folded(
              counted(bad, { one: msg('{count} line not understood'), other: msg('{count} lines not understood') }),
              problems.map(
                ({ line, message }) => html`<li>${fill(msg('Line {line}: {what}'), { line, what: message })}</li>`,
              ),
            )
          : ''
      }
      ${skipped > 0 ? html`<p class="soft">${counted(skipped, { one: msg('{count} line says nothing about names and is skipped.'), other: msg('{count} lines say nothing about names and are skipped.') })}</p>` : ''}
    `;
  }

  #folded(heading: string, items: unknown) {
    return html`<details><summary>${heading}</summary><ul>${items}</ul></details>`;
  }

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-1);
        font-size: var(--text-small);
      }
      summary {
        padding-block: var(--space-1);
        font-weight: 550;
        cursor: pointer;
      }
      ul {
        max-height: 16rem;
        overflow: auto;
        padding-inline-start: 1.25rem;
        list-style: disc;
        overflow-wrap: anywhere;
      }
    `,
  ];
}
