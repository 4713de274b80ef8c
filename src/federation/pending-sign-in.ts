import { DomainError } from '../platform/errors.ts';
import type { FinishInput, PendingSignIn } from './sign-in-method.ts';

/** A person may look for their phone meanwhile; an answer after that is more likely a stored one. */
const MAX_PENDING_MS = 15 * 60_000;

/** Checks that an answer belongs to a question this browser asked of this very connection, not long ago. */
export function requirePending(input: Pick<FinishInput, 'connection' | 'pending' | 'clock'>): PendingSignIn {
  const { connection, pending, clock } = input;
  if (pending === undefined) {
    throw new DomainError('unauthenticated', 'federation.not_requested', 'This browser did not ask for this sign-in.', {
      details: { check: 'pending sign-in', expected: 'one bound to this browser', actual: 'none' },
    });
  }
  // An answer of one provider must not be redeemed at another (mix-up, RFC 9700 §4.4).
  if (pending.connectionId !== connection.id) {
    throw new DomainError('unauthenticated', 'federation.connection_mismatch', 'The answer belongs to another connection.', {
      details: { check: 'connection', expected: pending.connectionId, actual: connection.id },
    });
  }
  const age = clock.now() - pending.createdAt;
  if (age > MAX_PENDING_MS) {
    throw new DomainError('unauthenticated', 'federation.pending_expired', 'The sign-in took too long. Please start again.', {
      details: { check: 'age of the request in milliseconds', expected: MAX_PENDING_MS, actual: age },
    });
  }
  return pending;
}
