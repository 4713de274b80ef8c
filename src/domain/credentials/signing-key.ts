/** What a key is doing: shown ahead of its use, signing, or still good for checking what it signed. */
export type SigningKeyState = 'published' | 'signing' | 'retired';
export const SIGNING_ALGORITHMS = ['ES256', 'RS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export interface SigningKeyFacts {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: SigningKeyState;
  /** When it came into this state, in milliseconds since the epoch. */
  readonly changedAt: number;
}

export interface RotationPolicy {
  /** How long a key signs. */
  readonly signingMs: number;
  /** How long it is in /jwks before it signs: longer than anybody caches that document. */
  readonly publishedMs: number;
  /** How long it stays after it signed last: longer than anything it signed is of use. */
  readonly retiredMs: number;
}

const DAY = 86_400_000;
export const DEFAULT_ROTATION: RotationPolicy = { signingMs: 90 * DAY, publishedMs: 2 * DAY, retiredMs: 30 * DAY };

export type RotationStep =
  /** Make a new key and show it; or let it sign at once where none does. */
  | { readonly kind: 'create'; readonly alg: SigningAlgorithm; readonly state: 'published' | 'signing' }
  | { readonly kind: 'promote'; readonly kid: string; readonly alg: SigningAlgorithm }
  | { readonly kind: 'drop'; readonly kid: string };

/** What has to happen to the keys now. Asked often; most answers are empty. */
export function planRotation(keys: readonly SigningKeyFacts[], now: number, policy: RotationPolicy = DEFAULT_ROTATION): RotationStep[] {
  const steps: RotationStep[] = keys
    .filter(({ state, changedAt }) => state === 'retired' && changedAt + policy.retiredMs <= now)
    .map(({ kid }) => ({ kind: 'drop', kid }));
  for (const alg of SIGNING_ALGORITHMS) {
    const signing = keys.find((key) => key.alg === alg && key.state === 'signing');
    const published = keys.find((key) => key.alg === alg && key.state === 'published');
    if (signing === undefined) steps.push(published ? { kind: 'promote', kid: published.kid, alg } : { kind: 'create', alg, state: 'signing' });
    else if (published !== undefined) {
      if (published.changedAt + policy.publishedMs <= now) steps.push({ kind: 'promote', kid: published.kid, alg });
    } else if (signing.changedAt + policy.signingMs - policy.publishedMs <= now) steps.push({ kind: 'create', alg, state: 'published' });
  }
  return steps;
}

/** Keys in the order the provider wants them: per algorithm the first one signs, and every one is shown, the default algorithm first. */
export function orderForSigning<K extends SigningKeyFacts>(keys: readonly K[]): K[] {
  const rank: Record<SigningKeyState, number> = { signing: 0, published: 1, retired: 2 };
  const preference = ({ alg }: SigningKeyFacts): number => SIGNING_ALGORITHMS.indexOf(alg);
  return keys.toSorted((left, right) => rank[left.state] - rank[right.state] || preference(left) - preference(right) || right.changedAt - left.changedAt);
}
