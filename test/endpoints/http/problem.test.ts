import { expect } from 'chai';
import { problemOf } from '#hub/endpoints/http/index.js';
import { DomainError } from '#hub/platform/errors.js';

describe('problem+json', () => {
  it('has the status of the error’s kind, its stable code and its details', () => {
    const problem = problemOf(new DomainError('conflict', 'some.code', 'A sentence.', { details: { at: 'name' } }), 'request-1');
    expect(problem).to.deep.equal({ type: 'urn:gatehouse:error:some.code', title: 'Conflict', status: 409, detail: 'A sentence.', code: 'some.code', requestId: 'request-1', details: { at: 'name' } });
  });

  it('says nothing about a defect but the request id', () => {
    for (const defect of [new Error('password=hunter2'), 'a string', null, undefined, { status: 200 }, Object.assign(new Error('secret'), { status: 500 })]) {
      const problem = problemOf(defect, 'request-2');
      expect([problem.status, problem.code]).to.deep.equal([500, 'internal']);
      expect(JSON.stringify(problem)).not.to.match(/hunter2|secret/);
    }
  });

  it('puts the errors of express into words of our own', () => {
    const codes = [413, 415, 400, 404].map((status) => problemOf(Object.assign(new Error('theirs'), { status }), 'r').code);
    expect(codes).to.deep.equal(['http.body_too_large', 'http.media_type', 'http.malformed', 'http.malformed']);
  });
});
