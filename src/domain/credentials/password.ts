import { hash, parseOptions, verify } from '@node-rs/argon2';
import { DomainError } from '../../platform/errors.ts';

/** The package's enum is ambient and const, so its one value we use is spelled out: argon2id (RFC 9106 §4). */
const ARGON2ID: number = 2;

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashing works on threads of its own, but each takes its 19 MiB: more at once would only wait and hold memory. */
const MOST_AT_ONCE = 4;
const MOST_WAITING = 100;
const LONGEST_PASSWORD = 1024;

let running = 0;
const waiting: (() => void)[] = [];

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MOST_AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw new DomainError('too-many', 'credentials.busy', 'Too many sign-ins at once. Please try again in a moment.');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** NIST SP 800-63B §5.1.1.2: the same password typed on another keyboard must be the same bytes. */
const normalise = (password: string): string => password.normalize('NFKC');

/** @throws DomainError `credentials.password_length` outside 8 to 1024 characters */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < 8 || password.length > LONGEST_PASSWORD)
    throw new DomainError('invalid', 'credentials.password_length', `A password has 8 to ${LONGEST_PASSWORD} characters.`);
  return bounded(() => hash(normalise(password), PARAMETERS));
}

let nobody: Promise<string> | undefined;

/**
 * Whether the password belongs to the hash. Without a hash (nobody of that name, or nobody with a password) the same work
 * is done for nothing, so that the time to answer does not tell who exists.
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  if (password.length > LONGEST_PASSWORD * 4) return false;
  nobody ??= hash('nobody has this password', PARAMETERS);
  const against = stored ?? (await nobody);
  const right = await bounded(() => verify(against, normalise(password)));
  return right && stored !== undefined;
}

/** Whether the hash was made with weaker parameters than today's, so that it should be made anew at the next sign-in. */
export function needsRehash(stored: string): boolean {
  const { algorithm, memoryCost, timeCost } = parseOptions(stored);
  const kind: number = algorithm;
  return kind !== ARGON2ID || memoryCost < PARAMETERS.memoryCost || timeCost < PARAMETERS.timeCost;
}
