import type { ErrorRequestHandler, RequestHandler } from 'express';
import { DomainError } from '../../platform/errors.ts';
import { problemOf } from './problem.ts';
import { requestIdOf } from './request-id.ts';

/** Hears of every defect, with the id by which its caller will ask about it. */
export type DefectReport = (error: unknown, requestId: string) => void;

/** Last in the chain: turns whatever was thrown into `application/problem+json` (RFC 9457). */
export function problemRenderer(report: DefectReport): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = problemOf(error, requestIdOf(request));
    if (problem.status >= 500) report(error, problem.requestId);
    if (response.headersSent) return next(error);
    // RFC 6750 §3: whoever may not enter is told which key fits.
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="gatehouse"');
    if (problem.status === 429) response.setHeader('Retry-After', '1');
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

/** After all routes of a prefix: nothing answers to this address. */
export const unknownRoute: RequestHandler = (request) => {
  throw new DomainError('not-found', 'http.unknown_route', `Nothing answers to ${request.method} ${request.baseUrl}${request.path}.`);
};

/** After all methods of a path: RFC 9110 §15.5.6 wants the others named. */
export const methodNotAllowed =
  (allowed: readonly string[]): RequestHandler =>
  (request, response) => {
    response.setHeader('Allow', allowed.join(', '));
    throw new DomainError('invalid', 'http.method_not_allowed', `${request.method} is not possible here; possible: ${allowed.join(', ')}.`);
  };
