import { html } from '../../../platform/html.ts';
import type { Html, HtmlValue } from '../../../platform/html.ts';
import { WARNING } from './icons.ts';
import { formUrl } from './safe-url.ts';

/** Where a page's form goes, and what it carries along unseen (a forgery token, a relay state). */
export interface FormTarget {
  readonly action: string;
  readonly hidden?: Readonly<Record<string, string>>;
}

/** A form that posts to its target. Validation is the server's, so that its words and language are ours. */
export function form(target: FormTarget, content: HtmlValue): Html {
  const hidden = Object.entries(target.hidden ?? {});
  return html`<form method="post" action="${formUrl(target.action)}" novalidate>
${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${content}
</form>`;
}

export interface TextField {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  /** The purpose of the field for password managers and assistive technology (WCAG 2.2, 1.3.5). */
  readonly autocomplete: string;
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  readonly keyboard?: 'email' | 'text' | undefined;
}

/** One labelled field. Its error stands beside it, is announced, and is tied to it (WCAG 2.2, 3.3.1). */
export function textField(field: TextField): Html {
  const errorId = `${field.name}-error`;
  const invalid = field.error === undefined ? '' : html` aria-invalid="true" aria-describedby="${errorId}"`;
  const keyboard = field.keyboard === undefined ? '' : html` inputmode="${field.keyboard}"`;
  return html`<div class="field">
<label for="${field.name}">${field.label}</label>
<input id="${field.name}" name="${field.name}" type="${field.type}" value="${field.value}"${keyboard} autocomplete="${field.autocomplete}" autocapitalize="none" autocorrect="off" spellcheck="false" required autofocus${invalid}>
${field.error === undefined ? '' : html`<p class="problem" id="${errorId}" role="alert">${WARNING}<span>${field.error}</span></p>`}
</div>`;
}

/** A message about the whole page rather than one field. */
export const problem = (text: HtmlValue): Html => html`<p class="problem" role="alert">${WARNING}<span>${text}</span></p>`;

/** The one action the page is for. */
export const primaryButton = (label: string, choice?: { name: string; value: string }): Html => button('primary', label, choice);

/** The way out that stands beside it. */
export const secondaryButton = (label: string, choice?: { name: string; value: string }): Html => button('secondary', label, choice);

function button(look: string, label: string, choice: { name: string; value: string } | undefined): Html {
  const sends = choice === undefined ? '' : html` name="${choice.name}" value="${choice.value}"`;
  return html`<button type="submit" class="${look}"${sends}>${label}</button>`;
}
