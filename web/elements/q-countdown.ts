import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { remaining } from '../data/time.ts';

/** What is left until a time, by the second; says `q-over` once when nothing is. */
@customElement('q-countdown')
export class Countdown extends LitElement {
  /** RFC 3339 */
  @property() until = '';
  #tick: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#tick = setInterval(() => this.#beat(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#tick);
  }

  #beat(): void {
    this.requestUpdate();
    if (Date.parse(this.until) > Date.now()) return;
    clearInterval(this.#tick);
    this.dispatchEvent(new CustomEvent('q-over', { bubbles: true, composed: true }));
  }

  override render() {
    return html`<span role="timer">${remaining(Date.parse(this.until), Date.now())}</span>`;
  }

  static override styles = css`
    :host {
      font-variant-numeric: tabular-nums;
    }
  `;
}
