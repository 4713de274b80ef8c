declare module 'passport-http-bearer' {
  import type { Request } from 'express';
  import type { Strategy as PassportStrategy } from 'passport';

  type Verify = (token: string, done: (error: unknown, user?: object | false) => void) => void;
  /** RFC 6750. The package ships no types. */
  export class Strategy implements PassportStrategy {
    constructor(options: { realm?: string }, verify: Verify);
    name: string;
    authenticate(request: Request, options?: unknown): void;
  }
}
