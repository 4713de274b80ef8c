import { RateLimiterMemory } from '../../platform/rate-limiter.ts';

/** Lets a request of a token pass (nothing), or says after how many seconds it may come back. */
export type Admit = (tokenHash: Buffer) => Promise<number | undefined>;

const EVERYBODY: Admit = () => Promise.resolve(undefined);

/**
 * Counts the requests of each token in this process, over windows of a second. Far above what an initial cycle sends:
 * it stops a client that runs wild, not one that works hard. Unknown tokens are counted too, each on its own.
 * @param perSecond requests before 429; 0 lets everything pass
 */
export function tokenRate(perSecond: number): Admit {
  if (perSecond === 0) return EVERYBODY;
  const limiter = new RateLimiterMemory({ points: perSecond, duration: 1 });
  return async (tokenHash) => {
    try {
      await limiter.consume(tokenHash.toString('base64'));
      return undefined;
    } catch (refused) {
      if (refused instanceof Error) throw refused;
      return Math.max(1, Math.ceil((refused as { readonly msBeforeNext: number }).msBeforeNext / 1000));
    }
  };
}
