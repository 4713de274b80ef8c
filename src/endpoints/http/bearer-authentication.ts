import type { Request, Response } from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-http-bearer';
import { DomainError } from '../../platform/errors.ts';
import type { Principal } from './principal.ts';

/** Whose token is this? undefined when it is nobody's (any more). */
export type VerifyToken = (token: string) => Promise<Principal | undefined>;

/** Who asks? Rejects with `http.unauthenticated` when nobody known does. */
export type Authenticate = (request: Request, response: Response) => Promise<Principal>;

const refused = (): DomainError =>
  new DomainError('unauthenticated', 'http.unauthenticated', 'Send a valid token as "Authorization: Bearer <token>".');

/**
 * Bearer tokens (RFC 6750) through passport, without a session. Only the header counts (§2.1): a token in an address
 * would stand in every log along the way, so it is never looked at.
 */
export function createBearerAuthentication(verify: VerifyToken): Authenticate {
  const passport = new Passport();
  // oxlint-disable-next-line promise/no-callback-in-promise, promise/prefer-await-to-callbacks -- passport speaks callbacks
  passport.use(new Strategy({ realm: 'gatehouse' }, (token, done) => void verify(token).then((found) => done(null, found ?? false), done)));
  return (request, response) =>
    new Promise((resolve, reject) => {
      if (request.headers.authorization === undefined) return reject(refused());
      const settle = (error: Error | null, principal: Principal | false | null): void => {
        if (error !== null) reject(error);
        else if (principal === false || principal === null) reject(refused());
        else resolve(principal);
      };
      passport.authenticate('bearer', { session: false }, settle)(request, response, reject);
    });
}
