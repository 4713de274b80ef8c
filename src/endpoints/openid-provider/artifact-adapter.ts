import type { ArtifactStore } from '../../domain/grants/index.ts';
import type { ClientSource } from './client-source.ts';
import { errors, type Adapter, type AdapterPayload } from './provider-package.ts';

/** One model of the provider, over the rows of the grants room; clients come from the registered applications. */
export function artifactAdapter(model: string, artifacts: ArtifactStore, clients: ClientSource): Adapter {
  if (model === 'Client') return clientAdapter(clients);
  return {
    async upsert(id, payload, expiresIn) {
      refuseNul(payload);
      await artifacts.upsert(model, id, { ...payload }, expiresIn);
    },
    find: (id) => artifacts.find(model, id),
    findByUid: (uid) => artifacts.findByUid(model, uid),
    findByUserCode: (userCode) => artifacts.findByUserCode(model, userCode),
    async consume(id) {
      // The package looks before it consumes; of two that looked at once, this refuses the second and, since one of them may
      // be a thief, ends what the first one got (RFC 6749 §4.1.2, RFC 9700 §4.14.2), as the package does with a later one.
      if (await artifacts.consume(model, id)) return;
      await artifacts.revokeGrantOf(model, id);
      throw new errors.InvalidGrant('it was already used');
    },
    destroy: (id) => artifacts.destroy(model, id),
    revokeByGrantId: (grantId) => artifacts.revokeByGrantId(model, grantId),
  };
}

/** PostgreSQL's text has no NUL; a request that carries one in a value we would store cannot mean anything by it. */
function refuseNul(payload: AdapterPayload): void {
  JSON.stringify(payload, (_name, value: unknown) => {
    if (typeof value === 'string' && value.includes('\0')) throw new errors.InvalidRequest('the request contains a NUL character');
    return value;
  });
}

const refuse = (): Promise<never> => Promise.reject(new errors.InvalidRequest('applications are not registered here'));
const nothing = (): Promise<undefined> => Promise.resolve(undefined);

/** Clients are registered through the admin API, never through the provider. */
function clientAdapter(clients: ClientSource): Adapter {
  return {
    upsert: refuse,
    find: (id) => clients.metadata(id),
    findByUid: nothing,
    findByUserCode: nothing,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: nothing,
  };
}
