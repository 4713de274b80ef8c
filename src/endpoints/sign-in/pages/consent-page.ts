import { form, primaryButton, secondaryButton } from './form.ts';
import type { FormTarget } from './form.ts';
import { html } from '../../../platform/html.ts';
import type { Html } from '../../../platform/html.ts';
import { CHECK } from './icons.ts';
import { page, person } from './layout.ts';
import type { ApplicationBrand } from './layout.ts';
import { linkUrl } from './safe-url.ts';
import { nameOf, say } from './words.ts';
import type { Words } from './words.ts';

export interface RequestedScope {
  readonly name: string;
  /** How the API that owns it describes it; the standard scopes have words of their own. */
  readonly description?: string | undefined;
}

export interface ConsentModel {
  /** Receives `decision` = `allow` or `deny`. */
  readonly form: FormTarget;
  readonly application: ApplicationBrand & { readonly policyUrl?: string | undefined; readonly termsUrl?: string | undefined };
  readonly organization: string;
  readonly account: string;
  readonly scopes: readonly RequestedScope[];
}

/** What an application asks for, in words a person can decide upon. Saying no is as easy as saying yes. */
export function consentPage(model: ConsentModel, words: Words): string {
  const { application, organization } = model;
  const { consent } = words;
  return page({
    words,
    application,
    title: consent.title,
    body: html`<p class="lead">${say(consent.lead, { application: application.name, organization })}</p>
${person(words.signedInAs, model.account)}
<h2 id="asks">${consent.asks}</h2>
<ul class="grants" aria-labelledby="asks">
${model.scopes.map((scope) => html`<li>${CHECK}<span>${describeScope(scope, organization, words)}</span></li>\n`)}</ul>
<p class="note">${consent.note}</p>
${links([
  [consent.policy, application.policyUrl],
  [consent.terms, application.termsUrl],
])}
${form(
  model.form,
  html`<div class="actions">${primaryButton(consent.allow, { name: 'decision', value: 'allow' })}
${secondaryButton(consent.deny, { name: 'decision', value: 'deny' })}</div>`,
)}`,
  });
}

function describeScope({ name, description }: RequestedScope, organization: string, words: Words): Html {
  const known = Object.hasOwn(words.consent.scopes, name) ? words.consent.scopes[name] : undefined;
  if (known !== undefined) return say(known, { organization });
  return description === undefined ? say(words.consent.otherScope, { scope: name }) : nameOf(description);
}

function links(pairs: readonly (readonly [string, string | undefined])[]): Html | undefined {
  const safe = pairs.flatMap(([text, url]) => {
    const href = linkUrl(url);
    return href === undefined ? [] : [html`<a href="${href}" rel="noopener noreferrer" target="_blank">${text}</a>\n`];
  });
  return safe.length === 0 ? undefined : html`<p class="links">${safe}</p>`;
}
