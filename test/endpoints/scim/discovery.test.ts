import { expect } from 'chai';
import { assertNoFilter, resourceTypeById, resourceTypesDocument, schemaById, schemasDocument, serviceProviderConfig } from '#hub/endpoints/scim/discovery.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { ENTERPRISE, GROUP, USER, refusal, registry } from './samples.js';

const base = 'https://hub.example/scim/v2';
const limits = { maxBulkOperations: 1000, maxPayloadSize: 1_048_576, defaultPageSize: 100, maxPageSize: 1000 };

describe('discovery', () => {
  it('announces what the hub does, with the numbers it goes by', () => {
    const config = serviceProviderConfig(base, { ...limits, cursorTimeout: 3600 });
    expect(config).to.deep.include({
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
      filter: { supported: true, maxResults: 1000 },
      sort: { supported: true },
      etag: { supported: true },
      pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', defaultPageSize: 100, maxPageSize: 1000, cursorTimeout: 3600 },
    });
    expect(config).to.have.nested.property('meta.location', `${base}/ServiceProviderConfig`);
    expect(config).to.have.nested.property('authenticationSchemes[0].type', 'oauthbearertoken');
  });

  it('lists the schemas and gives each by its URN in any case', () => {
    expect(schemasDocument(base, registry)).to.include({ totalResults: 6, startIndex: 1, itemsPerPage: 6 });
    expect(schemaById(base, registry, USER.toUpperCase())).to.deep.include({ id: USER, name: 'User', meta: { resourceType: 'Schema', location: `${base}/Schemas/${USER}` } });
    expect(schemaById(base, registry, 'urn:unknown')).to.equal(undefined);
    expect(schemaById(base, registry, '__proto__')).to.equal(undefined);
  });

  it('lists the resource types with their extensions and gives each by its name', () => {
    expect(resourceTypesDocument(base, registry)).to.have.property('totalResults', 2);
    expect(resourceTypeById(base, registry, 'User')).to.deep.include({ id: 'User', endpoint: '/Users', schema: USER, schemaExtensions: [{ schema: ENTERPRISE, required: false }] });
    expect(resourceTypeById(base, registry, 'Group')).to.include({ endpoint: '/Groups', schema: GROUP });
    expect(resourceTypeById(base, registry, 'Robot')).to.equal(undefined);
  });

  it('serves custom extensions without what is the hub\'s own in their files', () => {
    const extended = extendRegistry(registry, [{ id: 'urn:example:2.0:X', extends: 'Group', required: false, attributes: [] }]);
    const schema = schemaById(base, extended, 'urn:example:2.0:X');
    expect(schema).not.to.have.any.keys('extends', 'required');
    expect(resourceTypeById(base, extended, 'Group')).to.deep.include({ schemaExtensions: [{ schema: 'urn:example:2.0:X', required: false }] });
  });

  it('forbids a filter and ignores other parameters', () => {
    expect(refusal(() => assertNoFilter(new URLSearchParams('Filter=a')))).to.equal('403');
    expect(() => assertNoFilter(new URLSearchParams('count=1&attributes=x'))).not.to.throw();
  });
});
