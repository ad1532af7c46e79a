import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Coverage } from '../data/model.ts';
import { base } from '../styles/shared.ts';
import type { IconName } from './icons.ts';
import './q-icon.ts';

/** Whether a phone's look-ups reach Quell, in a word. */
@customElement('q-coverage')
export class CoverageMark extends LitElement {
  @property({ reflect: true }) state: Coverage['state'] = 'unknown';

  override render() {
    const words: Record<Coverage['state'], [word: string, icon: IconName]> = {
      covered: [msg('Covered'), 'shield-check'],
      partly: [msg('Partly covered'), 'shield-gap'],
      'not-covered': [msg('Not covered'), 'shield-off'],
      unknown: [msg('Not sure yet'), 'shield'],
    };
    const [word, icon] = words[this.state];
    return html`<q-icon name=${icon}></q-icon>${word}`;
  }

  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
        padding: 0.1875rem 0.625rem 0.1875rem 0.4375rem;
        border-radius: var(--round-full);
        background: var(--sunken);
        color: var(--ink-soft);
        font-size: var(--text-small);
        font-weight: 600;
        white-space: nowrap;
      }
      :host([state='covered']) {
        background: var(--good-soft);
        color: var(--good);
      }
      :host([state='partly']) {
        background: var(--warn-soft);
        color: var(--warn);
      }
      :host([state='not-covered']) {
        background: var(--bad-soft);
        color: var(--bad);
      }
    `,
  ];
}
