import type { DirectoryReader } from '../../domain/directory/index.ts';
import type { ProvisioningOptions } from '../../provisioning/index.ts';
import type { ServiceLimits } from './discovery.ts';
import { ScimError } from './scim-error.ts';
import type { SchemaRegistry } from './schema-registry.ts';

/** What the handlers of this room work with; made once by the composition root. */
export interface ScimService {
  /** `$PUBLIC_URL/scim/v2`, without a slash at its end. */
  readonly base: string;
  readonly registry: SchemaRegistry;
  readonly limits: ServiceLimits;
  readonly reader: DirectoryReader;
  readonly provisioning: ProvisioningOptions;
  /** Keys in base64url by which cursors are signed (RFC 9865); the first one signs, all verify. */
  readonly cursorKeys: readonly string[];
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Ids compare exactly (RFC 7643 §3.1). What cannot be an id of ours is looked up as nobody's, so that the token is judged first. */
export const storedId = (text: string): string => (ID.test(text) ? text : NOBODY);

export const notFound = (kind: string, id: string): ScimError => new ScimError(404, undefined, `${kind} ${id.slice(0, 100)} not found.`);
