import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import type { IconName } from './icons.ts';
import './q-icon.ts';

/** The five places: at the thumb on a phone, at the side on a wide screen. */
@customElement('q-nav')
export class Nav extends LitElement {
  /** The first part of the page's address. */
  @property() place = '';

  override render() {
    const places: readonly [path: string, word: string, icon: IconName][] = [
      ['', msg('Home'), 'home'],
      ['phones', msg('Phones'), 'phone'],
      ['activity', msg('Activity'), 'activity'],
      ['packs', msg('Lists'), 'packs'],
      ['settings', msg('Settings'), 'settings'],
    ];
    return html`
      <nav aria-label=${msg('Main')}>
        <a class="brand" href="/" tabindex="-1" aria-hidden="true"><img src="/quell.svg" alt="" width="32" height="32" />Quell</a>
        <ul>
          ${places.map(
            ([path, word, icon]) => html`<li>
              <a href="/${path}" aria-current=${this.place === path ? 'page' : 'false'}>
                <span class="mark"><q-icon name=${icon}></q-icon></span>${word}
              </a>
            </li>`,
          )}
        </ul>
      </nav>
    `;
  }

  static override styles = [
    base,
    css`
      nav {
        background: var(--surface);
        border-top: 1px solid var(--line);
        padding-bottom: env(safe-area-inset-bottom);
      }
      .brand {
        display: none;
      }
      ul {
        display: flex;
        max-width: 36rem;
        margin-inline: auto;
      }
      li {
        flex: 1 1 0;
        min-width: 0;
      }
      a {
        display: grid;
        justify-items: center;
        gap: 0.125rem;
        padding: var(--space-2) 0.125rem;
        color: var(--ink-soft);
        font-size: 0.75rem;
        font-weight: 550;
        text-decoration: none;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      a:focus-visible {
        outline-offset: -3px;
      }
      .mark {
        display: grid;
        place-items: center;
        width: 3.5rem;
        max-width: 100%;
        height: 1.875rem;
        border-radius: var(--round-full);
        font-size: 1.125rem;
        transition: background var(--calm);
      }
      a[aria-current='page'] {
        color: var(--ink);
      }
      a[aria-current='page'] .mark {
        background: var(--accent-soft);
        color: var(--accent);
      }
      @media (min-width: 56rem) {
        nav {
          height: 100%;
          border: 0;
          border-inline-end: 1px solid var(--line);
          padding: var(--space-5) var(--space-3);
        }
        .brand {
          display: flex;
          align-items: center;
          gap: var(--space-3);
          padding: 0 var(--space-3) var(--space-5);
          color: var(--ink);
          font-size: 1.25rem;
          font-weight: 680;
          letter-spacing: -0.02em;
        }
        ul {
          display: grid;
          gap: var(--space-1);
        }
        ul a {
          display: flex;
          align-items: center;
          gap: var(--space-3);
          padding: 0.625rem var(--space-3);
          border-radius: var(--round-2);
          font-size: var(--text-body);
        }
        ul a:hover {
          background: var(--sunken);
        }
        a[aria-current='page'] {
          background: var(--accent-soft);
        }
        .mark {
          width: auto;
          height: auto;
        }
      }
    `,
  ];
}
