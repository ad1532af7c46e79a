import { msg } from '@lit/localize';
import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import '../elements/q-empty.ts';

@customElement('q-page-missing')
export class MissingPage extends LitElement {
  override render() {
    return html`<h1 class="sr">${msg('Nothing here')}</h1>
      <q-empty icon="search" heading=${msg('There is no such page')}>
        <a href="/">${msg('To the start')}</a>
      </q-empty>`;
  }

  static override styles = base;
}
