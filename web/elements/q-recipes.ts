import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext } from '../data/household.ts';
import type { Device, Recipe } from '../data/model.ts';
import { recipesFor } from '../data/recipes.ts';
import { endRecipe, getRecipes, runRecipe } from '../data/service.ts';
import { counted, fill } from '../data/words.ts';
import { base, buttons, rows } from '../styles/shared.ts';
import './q-countdown.ts';
import './q-icon.ts';

/** The switches below are what people come for; more wishes than these fold away. */
const shown = 3;

/** Named wishes: one tap opens on this phone what each needs, for a while. */
@customElement('q-recipes')
export class Recipes extends LitElement {
  @property({ attribute: false }) device!: Device;
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #load = new Task(this, {
    args: () => [this.device.id, this.household.state?.policyVersion] as const,
    task: ([device]) => getRecipes(device),
  });

  async #run(recipe: Recipe): Promise<void> {
    const sentence = fill(msg('{wish}: open on {phone}'), { wish: recipe.title, phone: this.device.name });
    await act(this, runRecipe(this.device.id, recipe.id), sentence);
    await this.#load.run();
  }

  async #end(recipe: Recipe): Promise<void> {
    await act(this, endRecipe(this.device.id, recipe.id), fill(msg('{wish}: ended'), { wish: recipe.title }));
    await this.#load.run();
  }

  override render() {
    const recipes = recipesFor(this.device, this.#load.value ?? []);
    if (recipes.length === 0) return '';
    const inSight = recipes.filter(({ running }, index) => index < shown || running);
    const folded = recipes.filter((recipe) => !inSight.includes(recipe));
    return html`<h2 id="wishes">${msg('Open for a while')}</h2>
      <ul class="rows" aria-labelledby="wishes">${inSight.map((recipe) => this.#recipe(recipe))}</ul>
      ${folded.length > 0 ? this.#more(folded) : ''}`;
  }

  #more(recipes: readonly Recipe[]) {
    return html`<details>
      <summary>
        <q-icon name="down"></q-icon>
        ${counted(recipes.length, { one: msg('And {count} more.'), other: msg('And {count} more.') })}
      </summary>
      <ul class="rows">${recipes.map((recipe) => this.#recipe(recipe))}</ul>
    </details>`;
  }

  #recipe(recipe: Recipe) {
    const { title, sentence, running, minutes } = recipe;
    return html`<li class=${running ? 'running' : ''}>
      <div>
        <h3>${title}</h3>
        <p class="small soft">${sentence}</p>
        ${running ? this.#left(recipe) : ''}
      </div>
      ${
        running
          ? html`<button @click=${() => this.#end(recipe)}>${msg('End now')}<span class="sr">: ${title}</span></button>`
          : html`<button @click=${() => this.#run(recipe)}>${fill(msg('{minutes} min'), { minutes })}<span class="sr">: ${title}</span></button>`
      }
    </li>`;
  }

  #left({ until }: Recipe) {
    return html`<p class="left small">
      <q-icon name="clock"></q-icon>
      ${until ? html`${msg('Open')} <q-countdown .until=${until} @q-over=${() => this.#load.run()}></q-countdown>` : msg('at set times')}
    </p>`;
  }

  static override styles = [
    base,
    buttons,
    rows,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-3);
      }
      li > div {
        flex: 1;
        min-width: 0;
      }
      summary {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 2.75rem;
        color: var(--accent);
        font-weight: 550;
      }
      [open] > summary q-icon {
        rotate: 180deg;
      }
      .running {
        background: var(--warn-soft);
      }
      .left {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        color: var(--warn);
        font-weight: 600;
      }
      button {
        flex: none;
        white-space: nowrap;
      }
    `,
  ];
}
