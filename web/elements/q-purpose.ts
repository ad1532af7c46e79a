import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type Household, householdContext, purposeOf } from '../data/household.ts';
import { base } from '../styles/shared.ts';
import { type IconName, isIconName } from './icons.ts';
import './q-icon.ts';

/** What decided where no purpose did. */
function otherReason(reason: string): [word: string, icon: IconName] {
  if (reason.startsWith('rule:')) return [msg('Your rule'), 'edit'];
  if (reason.startsWith('list:')) return [msg('A list'), 'list'];
  if (reason === 'pause') return [msg('While paused'), 'pause'];
  if (reason.startsWith('watch:')) return [msg('Watched'), 'info'];
  return [msg('Other'), 'info'];
}

/** A purpose as icon and word, so that colour is never the only sign. */
@customElement('q-purpose')
export class PurposeMark extends LitElement {
  @property({ reflect: true }) purpose: string | undefined;
  /** The reason of an attempt, for those without a purpose. */
  @property() reason = '';
  /** Only the tinted icon; the word is read out still. */
  @property({ type: Boolean, reflect: true }) small = false;

  @consume({ context: householdContext, subscribe: true }) household: Household | undefined;

  override render() {
    const known = this.household && purposeOf(this.household, this.purpose);
    const [word, icon] = known
      ? ([msg(known.title), isIconName(known.id) ? known.id : 'info'] as const)
      : this.purpose
        ? ([this.purpose, isIconName(this.purpose) ? this.purpose : 'info'] as const)
        : otherReason(this.reason);
    return html`<span class="mark"><q-icon name=${icon}></q-icon></span><span class=${this.small ? 'sr' : ''}>${word}</span>`;
  }

  static override styles = [
    base,
    css`
      :host {
        --hue: var(--hue-slate);
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        font-weight: 550;
      }
      .mark {
        display: grid;
        place-items: center;
        flex: none;
        width: 1.875rem;
        height: 1.875rem;
        border-radius: var(--round-1);
        background: color-mix(in srgb, var(--hue) 14%, transparent);
        color: var(--hue);
      }
      :host([purpose='browser-tracking']),
      :host([purpose='third-party-sdk']) {
        --hue: var(--hue-plum);
      }
      :host([purpose='system-usage']),
      :host([purpose='device-identity']) {
        --hue: var(--hue-rose);
      }
      :host([purpose='ads']),
      :host([purpose='personalisation']) {
        --hue: var(--hue-amber);
      }
      :host([purpose='crash-diagnostics']),
      :host([purpose='performance-statistics']),
      :host([purpose='security-scan']),
      :host([purpose='location']) {
        --hue: var(--hue-blue);
      }
      :host([purpose='push']),
      :host([purpose='cloud-sync']),
      :host([purpose='account']),
      :host([purpose='updates']),
      :host([purpose='app-content']),
      :host([purpose='smart-home']),
      :host([purpose='connectivity-check']),
      :host([purpose='essential']) {
        --hue: var(--hue-green);
      }
    `,
  ];
}
