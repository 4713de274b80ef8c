import { form, primaryButton, textField } from './form.ts';
import type { FormTarget } from './form.ts';
import { html } from '../../../platform/html.ts';
import { page, person } from './layout.ts';
import type { ApplicationBrand } from './layout.ts';
import { linkUrl } from './safe-url.ts';
import { say, sayDuration } from './words.ts';
import type { Words } from './words.ts';

export interface PasswordModel {
  /** Receives `password`, and `identifier` as shown (for password managers; the flow trusts its own record). */
  readonly form: FormTarget;
  readonly application?: ApplicationBrand | undefined;
  readonly identifier: string;
  /** Back to the first question. */
  readonly changeUrl: string;
  readonly error?: 'missing' | 'wrong' | { readonly throttledForSeconds: number } | undefined;
}

/** Local sign-in, the second step. A typed password is never sent back into the page. */
export function passwordPage(model: PasswordModel, words: Words): string {
  const { application, identifier } = model;
  return page({
    words,
    application,
    title: words.password.title,
    hasProblem: model.error !== undefined,
    body: html`${application && html`<p class="lead">${say(words.password.lead, { application: application.name })}</p>`}
${person(words.signingInAs, identifier, { href: linkUrl(model.changeUrl) ?? '/', text: words.notYou, detail: words.notYouDetail })}
${form(model.form, [
  html`<input type="text" name="identifier" value="${identifier}" autocomplete="username" readonly hidden>`,
  textField({ name: 'password', label: words.password.field, type: 'password', autocomplete: 'current-password', error: errorText(model.error, words) }),
  html`<div class="actions">${primaryButton(words.password.submit)}</div>`,
])}`,
  });
}

function errorText(error: PasswordModel['error'], words: Words): string | undefined {
  if (error === undefined) return undefined;
  if (typeof error === 'string') return words.password.errors[error];
  return words.password.errors.throttled.replace('{wait}', sayDuration(words, error.throttledForSeconds));
}
