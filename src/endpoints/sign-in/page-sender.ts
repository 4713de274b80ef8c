import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Clock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import { failureOf } from './failure.ts';
import { chooseWords, errorPage, FAILURES, pageHeaders, type PageHeaderOptions, type Words } from './pages/index.ts';
import { methodIn, type SignInOutcome } from './sign-in-metrics.ts';
import type { SignInLog } from './sign-in-options.ts';

export interface PageSenderOptions {
  readonly clock: Clock;
  readonly log: SignInLog;
  readonly onOutcome?: SignInOutcome;
}

const MOST_CAUSES = 5;

/** What an error says, and what was behind it. */
function reasonsOf(error: unknown): string {
  const said: string[] = [];
  for (let at = error; at instanceof Error && said.length < MOST_CAUSES; at = at.cause) said.push(at.message);
  return said.join(': ');
}

/** Sends the pages in the language of whoever asks, and every failure with a reference that the log knows too. */
export class PageSender {
  readonly #options: PageSenderOptions;

  constructor(options: PageSenderOptions) {
    this.#options = options;
  }

  /** @param status 200 unless the page tells of something wrong */
  send(request: Request, response: Response, page: (words: Words) => string, { status = 200, ...headers }: PageHeaderOptions & { status?: number } = {}): void {
    const words = chooseWords(request.get('accept-language'));
    response.status(status).set(pageHeaders(headers)).send(page(words));
  }

  /** @param retryUrl where the sign-in can be started again, if it can */
  fail(request: Request, response: Response, error: unknown, retryUrl?: string): void {
    const [failure, reference] = [failureOf(error), randomUUID()];
    const code = error instanceof DomainError ? error.code : undefined;
    const details = error instanceof DomainError ? error.details : {};
    const fields = { reference, code, details, path: request.originalUrl.split('?', 1)[0] };
    // Where it happened matters of a defect alone; a refusal is understood by its reason, and strangers can cause many.
    if (failure === 'unexpected') this.#options.log.error({ ...fields, err: error }, 'sign-in failed');
    else this.#options.log.warn({ ...fields, reason: reasonsOf(error) }, 'sign-in refused');
    this.#options.onOutcome?.(failure, methodIn(request.originalUrl));
    if (response.headersSent) return void response.destroy();
    const waitSeconds = typeof details.seconds === 'number' ? details.seconds : undefined;
    const model = { failure, reference, at: this.#options.clock.now(), retryUrl, waitSeconds };
    if (waitSeconds !== undefined) response.set('Retry-After', String(waitSeconds));
    this.send(request, response, (words) => errorPage(model, words), { status: FAILURES[failure] });
  }
}
