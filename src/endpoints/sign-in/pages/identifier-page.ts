import { form, primaryButton, textField } from './form.ts';
import type { FormTarget } from './form.ts';
import { html } from '../../../platform/html.ts';
import { page } from './layout.ts';
import type { ApplicationBrand } from './layout.ts';
import { say } from './words.ts';
import type { Words } from './words.ts';

export interface IdentifierModel {
  /** Receives `identifier`. */
  readonly form: FormTarget;
  readonly application?: ApplicationBrand | undefined;
  /** What was typed before, or the application's `login_hint`. */
  readonly identifier?: string | undefined;
  /** Somebody is signed in, in a way that does not count for the organization that is asked for. */
  readonly again?: boolean;
  readonly error?: keyof Words['identifier']['errors'] | undefined;
}

/** The first question: who are you? Everything else (which provider, a password) follows from the answer. */
export function identifierPage(model: IdentifierModel, words: Words): string {
  const { application, error } = model;
  return page({
    words,
    application,
    title: words.identifier.title,
    hasProblem: error !== undefined,
    body: html`${application && html`<p class="lead">${say(words.identifier.lead, { application: application.name })}</p>`}
${model.again === true && html`<p class="note">${words.signInAgain}</p>`}
${form(model.form, [
  textField({
    name: 'identifier',
    label: words.identifier.field,
    type: 'text',
    keyboard: 'email',
    autocomplete: 'username',
    value: model.identifier,
    error: error && words.identifier.errors[error],
  }),
  html`<div class="actions">${primaryButton(words.continue)}</div>`,
])}`,
  });
}
