import { DomainError } from '../../platform/errors.ts';
import type { Failure } from './pages/index.ts';

const BY_CODE: Readonly<Record<string, Failure>> = {
  'openid_provider.interaction_expired': 'expired',
  'openid_provider.unknown_application': 'unknown-application',
  'federation.not_requested': 'expired',
  'federation.pending_expired': 'expired',
  'federation.oidc.cancelled': 'cancelled',
  'federation.saml.cancelled': 'cancelled',
  'federation.saml.unsolicited': 'expired',
  'provisioning.suspended': 'deactivated',
  'sessions.assertion_replayed': 'expired',
  'sign_in.not_started': 'expired',
  'sign_in.proof_not_accepted': 'not-accepted',
};

/** A failure as a person would tell it apart. What it was exactly stands in the log, under the reference the page shows. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof DomainError)) return 'unexpected';
  const known = BY_CODE[error.code];
  if (known !== undefined) return known;
  if (error.code.startsWith('federation.')) return 'upstream-failed';
  switch (error.kind) {
    case 'denied':
    case 'unauthenticated':
    case 'conflict':
      return 'denied';
    case 'too-many':
      return 'too-many';
    case 'invalid':
    case 'too-large':
    case 'stale':
      return 'bad-request';
    case 'not-found':
      return 'expired';
    case 'unavailable':
      return 'unexpected';
  }
}
