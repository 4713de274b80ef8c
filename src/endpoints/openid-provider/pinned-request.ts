import type { IncomingMessage } from 'node:http';

/**
 * Makes a request look as if it came to the issuer's own address. The package builds every address it publishes from
 * what the request claims (`Host`, `X-Forwarded-*`, an absolute request target), so a visitor could put another host into
 * discovery, and a malformed one made it fail.
 */
export function pinRequest(request: IncomingMessage & { originalUrl?: string }, issuer: URL): void {
  for (const name of Object.keys(request.headers)) if (name.startsWith('x-forwarded-') && name !== 'x-forwarded-for') delete request.headers[name];
  request.headers.host = issuer.host;
  request.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
  const path = (request.url ?? '/').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  request.url = path.startsWith('/') ? path : `/${path}`;
  request.originalUrl = issuer.pathname.replace(/\/$/, '') + request.url;
}
