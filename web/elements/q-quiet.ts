import { msg } from '@lit/localize';
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { QuietAnswer } from '../data/model.ts';
import { whole } from '../data/number.ts';
import { counted, fill, spoken } from '../data/words.ts';
import { base, rows } from '../styles/shared.ts';

const minutesWord = (seconds: number) =>
  counted(Math.ceil(seconds / 60), { one: msg('{count} minute'), other: msg('{count} minutes') });

/** Blocked names that a phone kept asking for, and what answering them in another way came to. */
@customElement('q-quiet')
export class Quiet extends LitElement {
  @property({ attribute: false }) answers: readonly QuietAnswer[] = [];

  override render() {
    return html`<ul class="rows">
      ${this.answers.map(
        (answer) => html`<li>
          <p class="name">${answer.domain}</p>
          <p class="small">${this.#effect(answer)}</p>
          ${answer.ttl > 60 ? html`<p class="small soft">${fill(msg('If you allow it, the phone may take {time} to notice.'), { time: minutesWord(answer.ttl) })}</p>` : ''}
        </li>`,
      )}
    </ul>`;
  }

  #effect({ before, after }: QuietAnswer): string {
    const tries = (perHour: number) => whole(Math.round(perHour), spoken());
    if (after === undefined) {
      return fill(msg('{before} tries an hour; a quieter way to say no is being tried.'), { before: tries(before) });
    }
    return fill(msg('From {before} to {after} tries an hour, by a quieter way to say no.'), {
      before: tries(before),
      after: tries(after),
    });
  }

  static override styles = [base, rows];
}
