import type { RequestHandler } from 'express';
import { DomainError } from '../../platform/errors.ts';

/**
 * Lets forms through that one of our own pages sent, and no others. Browsers send `Origin` with every POST; one without
 * it must say by `Sec-Fetch-Site` that it comes from here (Fetch §3.2, Fetch Metadata §2.3).
 */
export function sameOrigin(publicUrl: string): RequestHandler {
  const { origin: ours } = new URL(publicUrl);
  return (request, _response, next) => {
    const origin = request.get('origin');
    const own = origin === undefined ? request.get('sec-fetch-site') === 'same-origin' : origin === ours;
    if (own) return next();
    throw new DomainError('invalid', 'sign_in.foreign_form', 'This form was not sent by a page of the hub.', { details: { origin: origin ?? 'none' } });
  };
}
