import { expect } from 'chai';
import { DomainError } from '#hub/platform/errors.js';
import type { ErrorKind } from '#hub/platform/errors.js';
import { ScimError, toScimError } from '#hub/endpoints/scim/scim-error.js';

describe('SCIM error', () => {
  it('says its status as a string', () => {
    expect(new ScimError(400, 'invalidFilter', 'No.').toJSON()).to.deep.equal({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400', scimType: 'invalidFilter', detail: 'No.' });
    expect(JSON.parse(JSON.stringify(new ScimError(404, undefined, 'No.')))).to.have.keys('schemas', 'status', 'detail');
  });

  it('is made of every kind of domain error', () => {
    const statuses: Record<ErrorKind, number> = { invalid: 400, unauthenticated: 401, denied: 403, 'not-found': 404, conflict: 409, stale: 412, 'too-large': 413, 'too-many': 429, unavailable: 503 };
    for (const [kind, status] of Object.entries(statuses)) expect(toScimError(new DomainError(kind as ErrorKind, 'x.y', 'Words.'))).to.include({ status, message: 'Words.' });
    expect(toScimError(new DomainError('conflict', 'x.y', 'Taken.')).scimType).to.equal('uniqueness');
  });

  it('tells nothing about a defect', () => {
    for (const defect of [new Error('password=secret'), 'secret', undefined, null]) expect(JSON.stringify(toScimError(defect))).to.include('"500"').and.not.to.include('secret');
    const own = new ScimError(400, 'noTarget', 'x');
    expect(toScimError(own)).to.equal(own);
  });
});
