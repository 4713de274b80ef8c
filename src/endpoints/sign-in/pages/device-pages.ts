import { form, primaryButton, secondaryButton, textField } from './form.ts';
import { html } from '../../../platform/html.ts';
import { page } from './layout.ts';
import type { ApplicationBrand } from './layout.ts';
import { codeInProviderForm, readProviderForm } from './provider-form.ts';
import { say } from './words.ts';
import type { Words } from './words.ts';

export interface DeviceInputModel {
  /** The form that the OpenID provider hands to its `userCodeInputSource` hook. Receives `user_code`. */
  readonly providerForm: string;
  readonly error?: keyof Words['device']['errors'] | undefined;
}

/** Where a person types the code a device shows (RFC 8628 §3.3). */
export function deviceInputPage(model: DeviceInputModel, words: Words): string {
  const { device } = words;
  return page({
    words,
    title: device.title,
    hasProblem: model.error !== undefined,
    body: html`<p class="lead">${device.lead}</p>
${form(readProviderForm(model.providerForm), [
  textField({
    name: 'user_code',
    label: device.field,
    type: 'text',
    autocomplete: 'one-time-code',
    look: 'code',
    value: codeInProviderForm(model.providerForm),
    error: model.error && device.errors[model.error],
  }),
  html`<div class="actions">${primaryButton(words.continue)}</div>`,
])}`,
  });
}

export interface DeviceConfirmModel {
  /** The form that the OpenID provider hands to its `userCodeConfirmSource` hook. Receives `abort` = `yes` to refuse. */
  readonly providerForm: string;
  readonly application: ApplicationBrand;
  readonly userCode: string;
}

/** Compares the codes before anything is granted: the defence against a code sent by a stranger (RFC 8628 §5.4). */
export function deviceConfirmPage(model: DeviceConfirmModel, words: Words): string {
  const { device } = words;
  return page({
    words,
    application: model.application,
    title: device.confirmTitle,
    body: html`<p class="lead">${say(device.confirmLead, { application: model.application.name })}</p>
<p class="code-shown"><span>${device.code}</span>${model.userCode}</p>
<p class="note">${device.confirmNote}</p>
${form(
  readProviderForm(model.providerForm),
  html`<div class="actions">${primaryButton(device.confirm)}
${secondaryButton(words.cancel, { name: 'abort', value: 'yes' })}</div>`,
)}`,
  });
}

/** The device has been let in; nothing more happens in this browser. */
export function deviceSuccessPage({ application }: { readonly application: ApplicationBrand }, words: Words): string {
  const { device } = words;
  return page({ words, title: device.successTitle, mark: 'done', body: html`<p class="lead">${say(device.successLead, { application: application.name })}</p>` });
}
