import { createRemoteJWKSet, customFetch as joseFetch, type JWTVerifyGetKey } from 'jose';
import { allowInsecureRequests, customFetch, discovery, type ServerMetadata } from 'openid-client';
import type { Clock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import type { SafeFetch } from '../safe-fetch.ts';
import { domainCause } from './oidc-errors.ts';

const MAX_PROVIDERS = 500;
const TTL_MS = 10 * 60_000;
/** A withdrawn key stops working after this at the latest; an unknown one is asked for at once, but not more often than this. */
const KEYS_TTL_MS = 5 * 60_000;
const KEYS_COOLDOWN_MS = 10_000;

export interface Provider {
  metadata: ServerMetadata;
  /** Finds the key that signed a token; fetches the set again when it meets an unknown key id. */
  keys: JWTVerifyGetKey;
}

/** Remembers what providers publish about themselves. One entry per issuer: the issuer itself is the source of all of it. */
export class ProviderCache {
  readonly #entries = new Map<string, { provider: Promise<Provider>; expiresAt: number }>();
  readonly #fetch: SafeFetch;
  readonly #allowPrivate: boolean;

  constructor(fetch: SafeFetch, allowPrivate: boolean) {
    this.#fetch = fetch;
    this.#allowPrivate = allowPrivate;
  }

  get(issuer: string, clock: Clock): Promise<Provider> {
    const known = this.#entries.get(issuer);
    if (known !== undefined && known.expiresAt > clock.now()) return known.provider;
    const provider = this.#discover(issuer);
    // Delete before set, so that the map's order is the order of renewal and the first is the oldest.
    this.#entries.delete(issuer);
    this.#entries.set(issuer, { provider, expiresAt: clock.now() + TTL_MS });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > MAX_PROVIDERS && !oldest.done) this.#entries.delete(oldest.value);
    provider.catch(() => {
      if (this.#entries.get(issuer)?.provider === provider) this.#entries.delete(issuer);
    });
    return provider;
  }

  async #discover(issuer: string): Promise<Provider> {
    const metadata = await this.#readMetadata(issuer);
    this.#checkEndpoint(metadata, 'authorization_endpoint');
    this.#checkEndpoint(metadata, 'token_endpoint');
    const keys = createRemoteJWKSet(this.#checkEndpoint(metadata, 'jwks_uri'), {
      cacheMaxAge: KEYS_TTL_MS,
      cooldownDuration: KEYS_COOLDOWN_MS,
      [joseFetch]: (url: string, init: RequestInit) =>
        this.#fetch(url, { headers: Object.fromEntries(new Headers(init.headers).entries()), signal: init.signal ?? undefined }),
    });
    return { metadata, keys };
  }

  async #readMetadata(issuer: string): Promise<ServerMetadata> {
    try {
      const found = await discovery(new URL(issuer), 'discovery only', undefined, undefined, {
        [customFetch]: this.#fetch,
        execute: this.#allowPrivate ? [allowInsecureRequests] : [],
      });
      return structuredClone(found.serverMetadata());
    } catch (error) {
      const inner = domainCause(error);
      if (inner !== undefined) throw inner;
      throw new DomainError('unavailable', 'federation.oidc.discovery_failed', 'The OpenID provider does not describe itself as it should.', {
        cause: error,
        details: { check: 'discovery', expected: issuer, actual: error instanceof Error ? error.message : 'failure' },
      });
    }
  }

  /** The browser is sent to the first of these: nothing but a web address may stand there. */
  #checkEndpoint(metadata: ServerMetadata, name: 'authorization_endpoint' | 'token_endpoint' | 'jwks_uri'): URL {
    const value = metadata[name];
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !(url.protocol === 'https:' || (this.#allowPrivate && url.protocol === 'http:'))) {
      throw new DomainError('unavailable', 'federation.oidc.endpoint_missing', `The OpenID provider names no usable ${name}.`, {
        details: { check: name, expected: 'an https address', actual: value ?? 'none' },
      });
    }
    return url;
  }
}
