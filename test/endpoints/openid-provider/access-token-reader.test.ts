import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { accessTokenReader, type ReadAccessToken } from '#hub/endpoints/openid-provider/access-token-reader.js';

const ISSUER = 'https://id.example/oidc';
const NOW = 1_800_000_000;

interface Key {
  readonly sign: CryptoKey;
  readonly jwk: JWK;
}

async function newKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { sign: privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' } };
}

const GOOD = { jti: 'id', sub: 'person', aud: 'https://api.example/', iat: NOW, exp: NOW + 900, client_id: 'app', iss: ISSUER, scope: 'read', grant: 'g', org_id: 'o', roles: ['admin'], epoch: 3 };

describe('access tokens of our own', () => {
  let signing: Key;
  let retired: Key;
  let other: Key;
  let rsa: Key;
  let read: ReadAccessToken;
  let seconds: number;
  const clock = { now: (): number => seconds * 1000 };

  before(async () => {
    [signing, retired, other, rsa] = await Promise.all([newKey('signing'), newKey('retired'), newKey('signing'), newKey('rsa', 'RS256')]);
  });
  beforeEach(() => {
    seconds = NOW;
    read = accessTokenReader({ issuer: ISSUER, keys: [signing, rsa, retired].map(({ jwk }) => jwk), clock });
  });

  const sign = (payload: Record<string, unknown> = {}, { key = signing, ...header }: { key?: Key; typ?: string; kid?: string; alg?: string } = {}): Promise<string> =>
    new SignJWT({ ...GOOD, ...payload }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.jwk.kid ?? '', ...header }).sign(key.sign);

  it('are read whole', async () => {
    expect(await read(await sign())).to.deep.equal({
      kind: 'AccessToken', clientId: 'app', accountId: 'person', grantId: 'g', sessionUid: undefined, jti: 'id', aud: GOOD.aud, iat: GOOD.iat, exp: GOOD.exp,
      scope: 'read', cnf: undefined, extra: { org_id: 'o', roles: ['admin'], epoch: 3 },
    });
    expect(await read(await sign({ sub: 'app', grant: undefined }))).to.include({ kind: 'ClientCredentials', clientId: 'app', accountId: undefined });
  });

  it('are read when the key that signed them has retired, and not once it is gone', async () => {
    const token = await sign({}, { key: retired });
    expect(await read(token)).to.include({ jti: 'id' });
    expect(await accessTokenReader({ issuer: ISSUER, keys: [signing.jwk], clock })(token)).to.equal(undefined);
  });

  it('end with their time', async () => {
    const token = await sign();
    seconds = GOOD.exp - 1;
    expect(await read(token)).to.include({ jti: 'id' });
    seconds = GOOD.exp;
    expect(await read(token)).to.equal(undefined);
  });

  it('are none of another issuer, type, key or algorithm, and none that lack what ours have', async () => {
    const forged: Record<string, Promise<string> | string> = {
      issuer: sign({ iss: 'https://evil.example/oidc' }),
      'issuer in another spelling': sign({ iss: `${ISSUER}/` }),
      'ID token': sign({}, { typ: 'JWT' }),
      'logout token': sign({}, { typ: 'logout+jwt' }),
      'another key under our name': sign({}, { key: other }),
      'a name that we have not': sign({}, { key: { ...other, jwk: { ...other.jwk, kid: 'other' } } }),
      'another algorithm of ours': sign({}, { key: rsa, alg: 'RS256' }),
      'no signature': new UnsecuredJWT(GOOD).encode(),
      ...Object.fromEntries(['jti', 'sub', 'aud', 'iat', 'exp', 'client_id', 'iss'].map((name) => [`no ${name}`, sign({ [name]: undefined })])),
    };
    for (const [name, token] of Object.entries(forged)) expect(await read(await token), name).to.equal(undefined);
  });

  it('are none that were changed, cut or blown up', async () => {
    const [header = '', payload = '', signature = ''] = (await sign()).split('.');
    const richer = Buffer.from(JSON.stringify({ ...GOOD, roles: ['owner'] })).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    const odd = [`${header}.${richer}.${signature}`, `${none}.${payload}.`, `${none}.${payload}.${signature}`, `${header}.${payload}.${signature.slice(0, -2)}`, `${header}.${payload}.`, `${header}.${payload}`, `${header}..${signature}`, header, '', '..', '....', '\0', '\uD800', `${header}.${'A'.repeat(1_000_000)}.${signature}`, `${header}.${payload}.${signature}.x.y`];
    for (const token of odd) expect(await read(token), token.slice(0, 60)).to.equal(undefined);
  });
});
