import { html } from '../../../platform/html.ts';
import type { HtmlValue } from '../../../platform/html.ts';
import { DOT } from './icons.ts';
import { page } from './layout.ts';
import { linkUrl } from './safe-url.ts';
import { say, sayDuration, sayPlainly } from './words.ts';
import type { Words } from './words.ts';

/** Everything that can end a sign-in, as a person would tell it apart, with the status it is answered with. */
export const FAILURES = {
  expired: 400,
  cancelled: 403,
  'upstream-failed': 502,
  denied: 403,
  deactivated: 403,
  'not-accepted': 403,
  'unknown-application': 400,
  'bad-request': 400,
  'too-many': 429,
  unexpected: 500,
} as const;

export type Failure = keyof typeof FAILURES;

export interface ErrorModel {
  readonly failure: Failure;
  /** What the log and the audit trail know this failure by. The page shows this and no technical detail at all. */
  readonly reference: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly application?: { readonly name: string; readonly url?: string | undefined } | undefined;
  /** Starts the sign-in again, where that makes sense. */
  readonly retryUrl?: string | undefined;
  /** For `too-many`: how long to wait. */
  readonly waitSeconds?: number | undefined;
}

/** What happened, what to do now, and a reference by which somebody who can look deeper will find it. */
export function errorPage(model: ErrorModel, words: Words): string {
  const { failure } = words;
  const said = failure[model.failure];
  const wait = model.failure === 'too-many' && model.waitSeconds !== undefined;
  const advice = wait ? [failure['too-many'].wait.replace('{wait}', sayDuration(words, model.waitSeconds))] : said.advice;
  return page({
    words,
    title: said.title,
    hasProblem: true,
    mark: 'stopped',
    body: html`<p class="lead">${said.what}</p>
<h2 id="advice">${failure.whatYouCanDo}</h2>
<ul class="advice" aria-labelledby="advice">${advice.map((text) => html`<li>${DOT}<span>${text}</span></li>`)}</ul>
${ways(model, words)}
<dl class="reference"><dt>${failure.reference}</dt><dd><code>${model.reference}</code></dd>
${time(model.at, words)}</dl>
<p class="note">${failure.tellSupport}</p>`,
  });
}

function ways({ application, ...model }: ErrorModel, { failure }: Words): HtmlValue {
  const retry = linkUrl(model.retryUrl);
  const back = application && linkUrl(application.url);
  if (retry === undefined && back === undefined) return '';
  return html`<div class="actions">${retry && html`<a class="primary" href="${retry}">${failure.retry}</a>`}
${back && html`<a class="${retry === undefined ? 'primary' : 'secondary'}" href="${back}">${say(failure.back, { application: application.name })}</a>`}</div>`;
}

function time(at: number, words: Words): HtmlValue {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const shown = new Intl.DateTimeFormat(words.language, { dateStyle: 'medium', timeStyle: 'long', timeZone: 'UTC' }).format(date);
  return html`<dt>${sayPlainly(words.failure.time)}</dt><dd><time datetime="${date.toISOString()}">${shown}</time></dd>`;
}
