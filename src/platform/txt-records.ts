import { Resolver } from 'node:dns/promises';
import { errorCode } from './error-code.ts';
import { DomainError } from './errors.ts';

/** The TXT records of a name, each in one piece; none when the name or the record does not exist. */
export type LookUpTxt = (name: string) => Promise<readonly string[]>;

/** What is asked: `resolveTxt` and `cancel` of `node:dns`, or a stand-in for them. */
export type TxtResolver = Pick<Resolver, 'resolveTxt' | 'cancel'>;

export interface TxtLookUpOptions {
  /** For the whole look-up, however many servers are tried. */
  readonly timeoutMs?: number;
  readonly newResolver?: () => TxtResolver;
}

const ABSENT: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND']);
const codeOf = (error: unknown): string => errorCode(error) ?? 'unknown';

/** Asks the name servers of this machine, never for longer than the timeout. */
export function createTxtLookUp({ timeoutMs = 5_000, newResolver = () => new Resolver({ timeout: 2_000, tries: 2 }) }: TxtLookUpOptions = {}): LookUpTxt {
  return async (name) => {
    // One resolver each: cancel() ends every look-up of a resolver.
    const resolver = newResolver();
    const timer = setTimeout(() => resolver.cancel(), timeoutMs);
    try {
      // A record is one or more character-strings of at most 255 octets each (RFC 1035 §3.3.14); together they are its text.
      return (await resolver.resolveTxt(name)).map((strings) => strings.join(''));
    } catch (error) {
      if (ABSENT.has(codeOf(error))) return [];
      throw new DomainError('unavailable', 'dns.no_answer', `The name servers gave no answer about ${name}; try again in a moment.`, {
        details: { name, reason: codeOf(error) },
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  };
}
