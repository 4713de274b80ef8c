import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const SECRET = /^[A-Za-z0-9_-]{43}$/;

/**
 * A random value that one browser holds, by which an answer from an identity provider is known to come back to the
 * browser that asked. Lax: it is sent with the redirect back, and with no request that another site makes by itself.
 */
export class BrowserSecret {
  readonly #name: string;
  readonly #secure: boolean;

  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith('https:');
    this.#name = `${this.#secure ? '__Host-' : ''}gatehouse_browser`;
  }

  read(request: IncomingMessage): string | undefined {
    const pairs = (request.headers.cookie ?? '').split(';', 100).map((pair) => pair.trim());
    const found = pairs.find((pair) => pair.startsWith(`${this.#name}=`))?.slice(this.#name.length + 1);
    return found !== undefined && SECRET.test(found) ? found : undefined;
  }

  /** The browser's secret, given to it now if it has none. */
  ensure(request: IncomingMessage, response: ServerResponse): string {
    const known = this.read(request);
    if (known !== undefined) return known;
    const secret = randomBytes(32).toString('base64url');
    response.appendHeader('Set-Cookie', `${this.#name}=${secret}; Path=/; HttpOnly; SameSite=Lax${this.#secure ? '; Secure' : ''}`);
    return secret;
  }
}
