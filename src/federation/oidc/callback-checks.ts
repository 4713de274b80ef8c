import { timingSafeEqual } from 'node:crypto';
import type { ServerMetadata } from 'openid-client';
import { DomainError } from '../../platform/errors.ts';
import type { PendingSignIn } from '../sign-in-method.ts';
import { refusedByProvider } from './oidc-errors.ts';

interface Callback {
  query: URLSearchParams;
  pending: PendingSignIn;
  metadata: ServerMetadata;
}

/** What must hold of the address the browser came back with, before anything is sent anywhere. The order matters. */
const CHECKS: readonly ((callback: Callback) => void)[] = [eachParameterOnce, stateIsOurs, issuerIsTheOneAsked, noErrorReported, codeIsThere];

export function checkCallback(callback: Callback): void {
  for (const check of CHECKS) check(callback);
}

/** RFC 6749 §3.1: a repeated parameter lets two readers see two requests. */
function eachParameterOnce({ query }: Callback): void {
  const repeated = ['state', 'code', 'iss', 'error', 'error_description'].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) {
    throw new DomainError('invalid', 'federation.oidc.parameter_repeated', `The answer carries "${repeated}" more than once.`, {
      details: { check: repeated, expected: 'at most once', actual: query.getAll(repeated).length },
    });
  }
}

function stateIsOurs({ query, pending }: Callback): void {
  if (!sameText(query.get('state') ?? '', pending.handle)) {
    throw new DomainError('unauthenticated', 'federation.oidc.state_mismatch', 'The answer does not belong to the sign-in this browser began.', {
      details: { check: 'state', expected: 'the state of this sign-in', actual: query.has('state') ? 'another' : 'none' },
    });
  }
}

/** RFC 9207: which provider answered, against mix-up. A provider that announces the parameter must send it. */
function issuerIsTheOneAsked({ query, metadata }: Callback): void {
  const actual = query.get('iss');
  const announced = metadata.authorization_response_iss_parameter_supported === true;
  if (actual === null ? announced : actual !== metadata.issuer) {
    throw new DomainError('unauthenticated', 'federation.oidc.response_issuer', 'The answer came from another provider than the one asked.', {
      details: { check: 'iss parameter', expected: metadata.issuer, actual: actual?.slice(0, 500) ?? 'none' },
    });
  }
}

function noErrorReported({ query }: Callback): void {
  const error = query.get('error');
  if (error !== null) throw refusedByProvider(error, query.get('error_description'));
}

function codeIsThere({ query }: Callback): void {
  if (!query.get('code')) {
    throw new DomainError('invalid', 'federation.oidc.code_missing', 'The answer carries neither a code nor an error.', {
      details: { check: 'code', expected: 'a code', actual: 'none' },
    });
  }
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
