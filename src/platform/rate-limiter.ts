import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';

/** Counting in the memory of one node. The package's front door would load what speaks to every store there is, at every start. */
export { RateLimiterMemory, RateLimiterRes };
