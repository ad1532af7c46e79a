import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { foldByPurpose, type PurposeFold } from '../data/fold.ts';
import { Lately } from '../data/lately.ts';
import { type Listener, type Live, liveContext } from '../data/live.ts';
import { asRow, type Row } from '../data/model.ts';
import { sentenceOf } from '../data/problem.ts';
import { activityPath } from '../data/route.ts';
import { getAttempts } from '../data/service.ts';
import { moment } from '../data/time.ts';
import { attempts, spoken } from '../data/words.ts';
import { base } from '../styles/shared.ts';
import './q-fold.ts';
import './q-icon.ts';
import './q-purpose.ts';

/** What a phone tried lately, by what it was for; new attempts join as they happen. */
@customElement('q-recent')
export class Recent extends LitElement {
  @property() device = '';
  @consume({ context: liveContext }) live: Live | undefined;
  @state() private fresh: readonly Row[] = [];
  readonly #lately = new Lately();
  #deaf = () => {};

  readonly #load = new Task(this, {
    args: () => [this.device] as const,
    task: async ([device], { signal }) => {
      const { attempts: rows } = await getAttempts({ device, limit: 300 });
      // What was asked for since then takes its place, though it may have been answered sooner.
      signal.throwIfAborted();
      this.fresh = [];
      return this.#lately.completed(rows.map(asRow), performance.now());
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    const heard = (row: Row) => {
      if (row.device !== this.device) return;
      this.#lately.add(row, performance.now());
      this.fresh = [row, ...this.fresh].slice(0, 500);
    };
    const listener: Listener = {
      heard,
      opened: () => void this.#load.run(),
      connected: (isConnected) => isConnected && this.#load.error && void this.#load.run(),
    };
    this.#deaf = this.live?.listen(listener) ?? (() => {});
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#deaf();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('device')) this.#lately.clear();
  }

  override render() {
    if (this.#load.error && !this.#load.value) return html`<p class="soft">${sentenceOf(this.#load.error)}</p>`;
    if (!this.#load.value) return '';
    const purposes = foldByPurpose([...this.fresh, ...this.#load.value]);
    if (purposes.length === 0)
      return html`<p class="soft">${msg('This phone has tried nothing that Quell knows. That is good.')}</p>`;
    return html`<div class="rows">${purposes.map((each) => this.#purpose(each))}</div>
      <p><a href=${activityPath({ device: this.device })}>${msg('All activity of this phone')}</a></p>`;
  }

  #purpose(group: PurposeFold<Row>) {
    return html`<details>
      <summary>
        <q-purpose .purpose=${group.purpose} .reason=${group.folds[0]!.row.reason}></q-purpose>
        <span class="small soft">${attempts(group.count)} · ${moment(group.to, Date.now(), spoken())}</span>
        <q-icon name="down"></q-icon>
      </summary>
      ${group.folds.map((each) => html`<q-fold .fold=${each}></q-fold>`)}
    </details>`;
  }

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
      }
      .rows {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        box-shadow: var(--shadow);
        overflow: clip;
      }
      details + details {
        border-top: 1px solid var(--line);
      }
      summary {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-3);
        padding: var(--space-3) var(--space-4);
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover {
        background: var(--sunken);
      }
      summary:focus-visible {
        outline-offset: -3px;
      }
      summary q-purpose {
        flex: 1 1 9rem;
      }
      summary q-icon {
        color: var(--ink-soft);
        transition: rotate var(--quick);
      }
      [open] summary q-icon {
        rotate: 180deg;
      }
      q-fold {
        border-top: 1px solid var(--line);
      }
    `,
  ];
}
