import { expect } from 'chai';
import { applyPatch } from '#hub/endpoints/scim/patch.js';
import type { PatchOptions, PatchResult } from '#hub/endpoints/scim/patch.js';
import { PATCH_SCHEMA, parsePatch } from '#hub/endpoints/scim/patch-request.js';
import type { JsonObject, JsonValue } from '#hub/endpoints/scim/resource-json.js';
import { loadRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { ScimError } from '#hub/endpoints/scim/scim-error.js';

export const registry = loadRegistry();
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A person as the hub holds her: canonical, with id. */
export const barbara = (more: JsonObject = {}): JsonObject => ({
  schemas: [USER, ENTERPRISE],
  id: '2819c223',
  externalId: 'bjensen',
  userName: 'Bjensen@example.com',
  name: { familyName: 'Jensen', givenName: 'Barbara' },
  displayName: 'Babs Jensen',
  active: true,
  emails: [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@jensen.org', type: 'home' },
  ],
  [ENTERPRISE]: { department: 'Tours', manager: { value: '26118915' } },
  meta: { resourceType: 'User', created: '2026-01-31T08:00:00Z', lastModified: '2026-02-01T10:00:00+02:00' },
  ...more,
});

/** Parses and applies operations to a user. */
export function patchUser(operations: JsonValue[], user: JsonObject = barbara(), options: PatchOptions = {}): PatchResult {
  return applyPatch(user, parsePatch({ schemas: [PATCH_SCHEMA], Operations: operations }, options.dialect), registry.user, options);
}

/** The `scimType` (or the status, where there is none) with which an act is refused. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(ScimError);
    return error instanceof ScimError ? (error.scimType ?? String(error.status)) : '';
  }
  return 'nothing was refused';
}
