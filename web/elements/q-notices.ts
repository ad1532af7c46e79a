import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { deviceOf, type Household, householdContext } from '../data/household.ts';
import type { Notice } from '../data/model.ts';
import { waitsFor } from '../data/waiting.ts';
import { base } from '../styles/shared.ts';
import './q-fixes.ts';
import './q-icon.ts';
import './q-note.ts';
import './q-proposal.ts';
import './q-waiting.ts';

/**
 * What needs a person, of the household or of one phone, and above it whether what is shown is still so; empty on most
 * days, and then not there at all.
 */
@customElement('q-notices')
export class Notices extends LitElement {
  /** Only what concerns this one, on its own page. */
  @property() device: string | undefined;
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  override render() {
    const items = [...this.#waiting(), ...this.#proposals(), ...this.#notices()];
    return html`${this.#away()}${
      items.length > 0
        ? html`<ul aria-label=${msg('Needs you')}>${items.map((item) => html`<li>${item}</li>`)}</ul>`
        : ''
    }`;
  }

  #away() {
    const { state, problem } = this.household;
    return state && problem ? html`<p role="alert"><q-icon name="broken"></q-icon>${problem.message}</p>` : '';
  }

  #waiting() {
    const named = this.device ? [this.device] : (this.household.state?.notices.map(waitsFor) ?? []);
    return named
      .map((id) => (id === undefined ? undefined : deviceOf(this.household, id)))
      .filter((device) => device?.undecided === 'hold' || device?.undecided === 'observe')
      .map((device) => html`<q-waiting .device=${device}></q-waiting>`);
  }

  #proposals() {
    return this.household.proposals
      .filter(({ devices }) => this.device === undefined || devices.includes(this.device))
      .map((proposal) => html`<q-proposal .proposal=${proposal} .seenFrom=${this.device}></q-proposal>`);
  }

  #notices() {
    return (this.household.state?.notices ?? [])
      .filter((notice) => waitsFor(notice) === undefined)
      .filter((notice) => this.device === undefined || notice.device === this.device)
      .map((notice) => this.#notice(notice));
  }

  #notice(notice: Notice) {
    const path = this.#pathOf(notice);
    return html`<q-note level=${notice.level} .sentence=${notice.sentence}>
      ${notice.remedy ? html`<p>${notice.remedy}</p>` : ''}
      ${notice.fixes?.length ? html`<q-fixes .fixes=${notice.fixes}></q-fixes>` : ''}
      ${path ? html`<a href=${path}>${notice.list ? msg('See the list') : msg('See the phone')}</a>` : ''}
    </q-note>`;
  }

  #pathOf({ device, list }: Notice): string | undefined {
    if (device && device !== this.device) return `/phones/${encodeURIComponent(device)}`;
    return list ? '/packs' : undefined;
  }

  static override styles = [
    base,
    css`
      [role='alert'] {
        display: flex;
        gap: var(--space-2);
        color: var(--bad);
        font-weight: 550;
      }
      [role='alert'] + ul {
        margin-block-start: var(--space-4);
      }
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      a {
        color: inherit;
        font-weight: 550;
      }
    `,
  ];
}
