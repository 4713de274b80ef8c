import { form, primaryButton } from './form.ts';
import { constantMarkup, html } from '../../../platform/html.ts';
import { page } from './layout.ts';
import { formUrl } from './safe-url.ts';
import { say } from './words.ts';
import type { Words } from './words.ts';

/** The only script of all pages: it presses the button of a form that carries a message on. Allowed there, and only there, by its hash. */
export const autoSubmitScript = 'document.forms[0].submit()';

export interface FormPostModel {
  /** The receiver: an identity provider's sign-in service, an application's redirect URI. */
  readonly action: string;
  /** `SAMLRequest` and `RelayState`, or `code` and `state`. */
  readonly fields: Readonly<Record<string, string>>;
  /** What people call the receiver. */
  readonly destination: string;
}

/**
 * Carries a message to its receiver (SAML 2.0 Bindings §3.5.4, OAuth 2.0 Form Post Response Mode §2): by itself with
 * script, by one press without.
 */
export function formPostPage({ action, fields, destination }: FormPostModel, words: Words): string {
  return page({
    words,
    title: words.leaving.title,
    body: html`<p class="lead">${say(words.leaving.lead, { destination })}</p>
${form({ action, hidden: fields }, html`<div class="actions">${primaryButton(words.continue)}</div>`)}
<script>${constantMarkup(autoSubmitScript)}</script>`,
  });
}

export interface RedirectModel {
  readonly url: string;
  /** What people call the place they are sent to. */
  readonly destination: string;
}

/**
 * Sends a browser on after a form, as a page instead of a 303: Chromium holds every redirect that follows a form against
 * `form-action`, and an identity provider's own redirects lead to hosts that nobody here can list.
 */
export function redirectPage({ url, destination }: RedirectModel, words: Words): string {
  const target = formUrl(url);
  return page({
    words,
    title: words.leaving.title,
    head: html`<meta http-equiv="refresh" content="${`0; url=${target}`}">\n`,
    body: html`<p class="lead">${say(words.leaving.lead, { destination })}</p>
<div class="actions"><a class="primary" href="${target}">${words.continue}</a></div>`,
  });
}
