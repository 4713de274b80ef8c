import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export interface SigningKey {
  id: string;
  privateKey: CryptoKey;
  jwk: JWK;
}

export async function makeSigningKey(id: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { id, privateKey, jwk: { ...(await exportJWK(publicKey)), kid: id, alg: 'ES256', use: 'sig' } };
}

/**
 * An OpenID provider that answers whatever a test tells it to: forged ID tokens, strange discovery, hostile UserInfo.
 * Every answer is a field, to be set before the sign-in is finished.
 */
export class UpstreamForger {
  issuer = '';
  readonly clientId = 'hub';
  keys: SigningKey[] = [];
  discovery: Record<string, unknown> = {};
  /** Makes the ID token for the nonce of the running sign-in. */
  idToken: (claims: Record<string, unknown>) => Promise<string> = (claims) => this.sign(claims);
  userInfo: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => this.json(response, { sub: 'sub-1' });
  readonly asked: string[] = [];
  nonce = 'not begun';
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.keys = [await makeSigningKey('k1')];
    return this;
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.#server.close(() => done());
      this.#server.closeAllConnections();
    });
  }

  sign(claims: Record<string, unknown>, key: SigningKey | undefined = this.keys[0]): Promise<string> {
    if (key === undefined) throw new Error('there is no key to sign with');
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.id }).sign(key.privateKey);
  }

  json(response: ServerResponse, body: unknown): void {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    this.asked.push(path);
    if (path === '/.well-known/openid-configuration') {
      return this.json(response, {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/keys`,
        userinfo_endpoint: `${this.issuer}/userinfo`,
        ...this.discovery,
      });
    }
    if (path === '/keys') return this.json(response, { keys: this.keys.map(({ jwk }) => jwk) });
    if (path === '/userinfo') return this.userInfo(request, response);
    if (path !== '/token') return void response.writeHead(404).end();
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.issuer, aud: this.clientId, sub: 'sub-1', iat: now, exp: now + 300, nonce: this.nonce };
    return this.json(response, { access_token: 'the-access-token', token_type: 'Bearer', expires_in: 300, id_token: await this.idToken(claims) });
  }
}
