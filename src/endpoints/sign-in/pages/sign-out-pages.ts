import { form, primaryButton, secondaryButton } from './form.ts';
import { html } from '../../../platform/html.ts';
import { page } from './layout.ts';
import type { ApplicationBrand } from './layout.ts';
import { readProviderForm } from './provider-form.ts';
import { linkUrl } from './safe-url.ts';
import { say } from './words.ts';
import type { Words } from './words.ts';

export interface SignOutConfirmModel {
  /** The form that the OpenID provider hands to its `logoutSource` hook. Receives `logout` = `yes`, or nothing to stay. */
  readonly providerForm: string;
  readonly application?: ApplicationBrand | undefined;
}

/** Asks before signing out, since any page could have sent the browser here (RP-Initiated Logout 1.0 §2). */
export function signOutConfirmPage(model: SignOutConfirmModel, words: Words): string {
  const { application } = model;
  const { signOut } = words;
  return page({
    words,
    application,
    title: signOut.title,
    body: html`<p class="lead">${application === undefined ? signOut.leadAlone : say(signOut.lead, { application: application.name })}</p>
<p class="note">${signOut.note}</p>
${form(
  readProviderForm(model.providerForm),
  html`<div class="actions">${primaryButton(signOut.yes, { name: 'logout', value: 'yes' })}
${secondaryButton(signOut.no)}</div>`,
)}`,
  });
}

export interface SignedOutModel {
  readonly application?: (ApplicationBrand & { readonly url?: string | undefined }) | undefined;
}

/** The end of a session, and what it does not end. */
export function signedOutPage({ application }: SignedOutModel, words: Words): string {
  const { signedOut } = words;
  const back = linkUrl(application?.url);
  return page({
    words,
    title: signedOut.title,
    mark: 'done',
    body: html`<p class="lead">${application === undefined ? signedOut.lead : say(signedOut.leadFrom, { application: application.name })}</p>
<p class="note">${signedOut.shared}</p>
${back && html`<div class="actions"><a class="secondary" href="${back}">${say(signedOut.back, { application: application?.name })}</a></div>`}`,
  });
}
