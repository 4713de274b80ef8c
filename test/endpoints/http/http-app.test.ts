import { expect } from 'chai';
import { createServer } from 'node:http';
import { createHttpApp } from '#hub/endpoints/http/index.js';
import { listen } from '../../support/provider-hub.ts';

async function answerOf(https: boolean): Promise<Headers> {
  const server = createServer(createHttpApp({ trustedProxyHops: 0, https }));
  const { headers } = await fetch(await listen(server));
  server.close();
  return headers;
}

describe('the application of all endpoints', () => {
  it('binds browsers to https where the hub is reached by it, and only there', async () => {
    expect((await answerOf(true)).get('strict-transport-security')).to.equal('max-age=31536000');
    expect((await answerOf(false)).has('strict-transport-security')).to.equal(false);
  });

  it('says nothing of what it is made of', async () => {
    expect((await answerOf(false)).has('x-powered-by')).to.equal(false);
  });
});
