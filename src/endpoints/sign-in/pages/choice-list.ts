import { html } from '../../../platform/html.ts';
import type { Html, HtmlValue } from '../../../platform/html.ts';
import { ARROW } from './icons.ts';
import { tile } from './layout.ts';
import { nameOf } from './words.ts';

/** One way on. Choosing it submits the form with `name` = `value`. */
export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly detail?: string | undefined;
  readonly logoUrl?: string | undefined;
  readonly icon?: HtmlValue;
}

/** A list in which every entry is a button of its own: one press, no selecting first and confirming then. */
export function choiceList(choices: readonly Choice[]): Html {
  return html`<ul class="choices">${choices.map(
    (choice) => html`
<li><button type="submit" name="${choice.name}" value="${choice.value}">
${choice.icon === undefined ? tile({ name: choice.label, logoUrl: choice.logoUrl }) : html`<span class="tile">${choice.icon}</span>`}
<span class="words">${nameOf(choice.label)}${choice.detail === undefined ? '' : html`<small>${nameOf(choice.detail)}</small>`}</span>
<span class="go">${ARROW}</span></button></li>`,
  )}
</ul>`;
}
