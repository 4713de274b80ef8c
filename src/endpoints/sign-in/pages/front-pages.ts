import { html } from '../../../platform/html.ts';
import type { HtmlValue } from '../../../platform/html.ts';
import { DOT } from './icons.ts';
import { page } from './layout.ts';
import type { Words } from './words.ts';

/** What those who connect something look for at the hub's own address. */
const ADDRESSES = [
  { href: '/oidc/.well-known/openid-configuration', what: 'applications' },
  { href: '/v1/openapi.json', what: 'administration' },
  { href: '/readyz', what: 'health' },
] as const;

const advice = (items: readonly HtmlValue[], label: string): HtmlValue =>
  html`<ul class="advice" aria-labelledby="${label}">${items.map((item) => html`<li>${DOT}<span>${item}</span></li>`)}</ul>`;

export interface FrontModel {
  /** Without a trailing slash; it may have a path that a proxy in front takes away. */
  readonly publicUrl: string;
  readonly forOperators: boolean;
}

/** For whoever opens the hub itself: people belong into their application, and operators to the command line. */
export function frontPage({ publicUrl, forOperators }: FrontModel, words: Words): string {
  const { front } = words;
  return page({
    words,
    title: front.title,
    body: html`<p class="lead">${front.lead}</p>
${forOperators && operators(publicUrl, words)}`,
  });
}

const operators = (publicUrl: string, { front }: Words): HtmlValue => html`<h2 id="operators">${front.operators}</h2>
${advice([html`${front.commandLine} <code>npx gatehouse --help</code>`, ...ADDRESSES.map(({ href, what }) => html`<a href="${publicUrl}${href}">${front[what]}</a>`)], 'operators')}`;

/** An address of this hub at which there is nothing for a person to see. */
export function nothingHerePage(words: Words): string {
  const { nothingHere, failure } = words;
  return page({
    words,
    title: nothingHere.title,
    hasProblem: true,
    mark: 'stopped',
    body: html`<p class="lead">${nothingHere.what}</p>
<h2 id="advice">${failure.whatYouCanDo}</h2>
${advice(nothingHere.advice, 'advice')}`,
  });
}
