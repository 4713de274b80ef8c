import { expect } from 'chai';
import * as fc from 'fast-check';
import { SEARCH_SCHEMA, parseListQuery, parseProjection, parseSearchRequest } from '#hub/endpoints/scim/list-query.js';
import type { ListQuery } from '#hub/endpoints/scim/list-query.js';
import { ScimError } from '#hub/endpoints/scim/scim-error.js';
import { ENTERPRISE, refusal, registry } from './samples.js';

const query = (text: string): ListQuery => parseListQuery(new URLSearchParams(text), registry.user, { defaultCount: 100, maxCount: 500 });

describe('list query', () => {
  it('has defaults', () => {
    expect(query('')).to.deep.include({ startIndex: 1, count: 100, cursor: undefined, filter: undefined, sortBy: undefined, descending: false });
  });

  it('raises a startIndex below 1 to 1, a count below 0 to 0, and lowers a count to the largest page', () => {
    expect(query('startIndex=0&count=-3')).to.include({ startIndex: 1, count: 0 });
    expect(query('startIndex=-99999999999999999999&count=501')).to.include({ startIndex: 1, count: 500 });
    expect(query('startIndex=99999999999999999999')).to.include({ startIndex: Number.MAX_SAFE_INTEGER });
  });

  it('reads names of parameters in any case and ignores unknown and bracketed ones', () => {
    expect(query('startindex=3&COUNT=2&aadOptscim062020&count[$gt]=9&filter[]=x&__proto__=1&constructor=2&x=%00')).to.include({ startIndex: 3, count: 2, filter: undefined });
  });

  it('refuses repeated parameters and numbers that are none', () => {
    for (const text of ['count=1&count=2', 'filter=a&Filter=b', 'startIndex=x', 'count=1.5', 'count=1e3', 'count=NaN', 'sortOrder=up', 'sortBy=nothing', 'sortBy=name', 'sortBy=password', 'filter=%00', `attributes=${'a,'.repeat(600)}`]) {
      expect(refusal(() => query(text)), text).to.equal('invalidValue');
    }
    for (const text of ['filter=', 'filter=userName', 'filter=active+gt+true', 'filter=password+pr']) expect(refusal(() => query(text)), text).to.equal('invalidFilter');
  });

  it('resolves the filter and the attribute to sort by', () => {
    expect(query('filter=USERNAME+eq+%22A%22').filter).to.deep.include({ kind: 'compare', operator: 'eq', value: 'a' });
    expect(query('sortBy=NAME.familyname&sortOrder=Descending')).to.include({ descending: true }).and.to.have.nested.property('sortBy.path', 'name.familyName');
    expect(query('sortBy=emails').sortBy?.path).to.equal('emails.value');
    expect(query(`sortBy=${ENTERPRISE}:department`).sortBy?.path).to.equal(`${ENTERPRISE}:department`);
  });

  it('pages by cursor when there is one, also an empty one for the first page', () => {
    expect(query('cursor=')).to.include({ cursor: '' });
    expect(query('cursor=abc&count=7')).to.include({ cursor: 'abc', count: 7 });
    expect(refusal(() => query('cursor=abc&startIndex=2'))).to.equal('invalidCursor');
    expect(refusal(() => query('cursor=abc&count=x'))).to.equal('invalidCount');
  });

  it('projects', () => {
    expect(query('attributes=userName,name.givenName').projection.wants('emails')).to.equal(false);
    expect(parseProjection(new URLSearchParams('excludedAttributes=groups'), registry.user).wants('groups')).to.equal(false);
  });

  it('comes as a body to /.search, too', () => {
    const body = { schemas: [SEARCH_SCHEMA], ATTRIBUTES: ['userName'], filter: 'userName sw "b"', sortBy: 'userName', sortOrder: 'ascending', startIndex: 2, count: 3, unknown: {} };
    const search = parseSearchRequest(body, registry.user);
    expect(search).to.include({ startIndex: 2, count: 3 });
    expect(search.filter?.kind).to.equal('compare');
    expect(search.projection.wants('emails')).to.equal(false);
    for (const wrong of [null, [], 'x', { schemas: ['urn:x'] }]) expect(refusal(() => parseSearchRequest(wrong, registry.user))).to.equal('invalidSyntax');
    for (const wrong of [{ count: {} }, { filter: 5 }, { attributes: [1] }, { attributes: {} }, { sortBy: [] }, { count: 1.5 }]) expect(refusal(() => parseSearchRequest(wrong, registry.user)), JSON.stringify(wrong)).to.equal('invalidValue');
  });

  it('answers any query and any body with a list query or a ScimError', () => {
    const name = fc.constantFrom('startIndex', 'count', 'cursor', 'filter', 'sortBy', 'sortOrder', 'attributes', 'excludedAttributes', 'Filter', 'schemas', '__proto__');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), fc.dictionary(name, fc.jsonValue({ maxDepth: 2 })), (pairs, body) => {
        for (const act of [() => parseListQuery(new URLSearchParams(pairs), registry.user), () => parseSearchRequest(body, registry.user)]) {
          try {
            expect(act().count).to.be.within(0, 1000);
          } catch (error) {
            expect(error).to.be.instanceOf(ScimError).and.to.have.property('status', 400);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
