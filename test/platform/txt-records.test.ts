import { expect } from 'chai';
import { createTxtLookUp, type TxtResolver } from '#hub/platform/txt-records.js';
import { codeOf } from '../support/domain-error.ts';

const failure = (code: string): Error => Object.assign(new Error(`queryTxt ${code}`), { code });
const resolver = (resolveTxt: TxtResolver['resolveTxt']): (() => TxtResolver) => () => ({ resolveTxt, cancel: () => undefined });

describe('looking up TXT records', () => {
  it('joins the strings of which a record consists', async () => {
    const lookUp = createTxtLookUp({ newResolver: resolver(() => Promise.resolve([['one ', 'piece'], ['another']])) });
    expect(await lookUp('acme.example')).to.deep.equal(['one piece', 'another']);
  });

  it('finds none where there is no such name or no such record', async () => {
    for (const code of ['ENOTFOUND', 'ENODATA']) expect(await createTxtLookUp({ newResolver: resolver(() => Promise.reject(failure(code))) })('acme.example'), code).to.deep.equal([]);
  });

  it('tells a server that fails from a record that is missing', async () => {
    expect(await codeOf(createTxtLookUp({ newResolver: resolver(() => Promise.reject(failure('ESERVFAIL'))) })('acme.example'))).to.equal('dns.no_answer');
  });

  it('gives up on servers that never answer', async () => {
    let refuse: ((error: Error) => void) | undefined;
    const silent: TxtResolver = {
      resolveTxt: () => new Promise((_resolve, reject) => (refuse = reject)),
      cancel: () => refuse?.(failure('ECANCELLED')),
    };
    expect(await codeOf(createTxtLookUp({ timeoutMs: 20, newResolver: () => silent })('acme.example'))).to.equal('dns.no_answer');
  });
});
