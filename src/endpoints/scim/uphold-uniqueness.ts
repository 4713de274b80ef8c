import { isOutOfDate } from '../../domain/credentials/index.ts';
import { isValueTaken } from '../../domain/directory/index.ts';
import { ScimError } from './scim-error.ts';
import type { Handler, ScimAnswer, ScimRequest } from './scim-exchange.ts';
import type { ScimService } from './scim-service.ts';

/** What is unique may change again while one learns. */
const MOST_TIMES = 3;

/**
 * Answers a request; where it was undone because it did not know what is unique in the organization, it learns and comes
 * again. Costs nothing where all is well.
 */
export async function upholdUniqueness(service: ScimService, request: ScimRequest, handle: Handler): Promise<ScimAnswer> {
  let current = service;
  for (let times = 1; ; times += 1) {
    try {
      return await handle(current, request);
    } catch (error) {
      if (isValueTaken(error)) throw taken(current, request, error);
      if (!isOutOfDate(error) || request.renew === undefined || times === MOST_TIMES) throw error;
      current = await request.renew();
    }
  }
}

/** RFC 7644 §3.3, §3.5: 409 with `uniqueness`. Which value it was the database does not tell, nor whose. */
function taken({ registry }: ScimService, { path }: ScimRequest, cause: unknown): ScimError {
  const kind = path.startsWith('/Groups') ? 'Group' : 'User';
  const names = (registry.unique?.attributes.get(kind) ?? []).map((attribute) => attribute.path);
  const what = names.length === 1 ? `this value of ${names[0]}` : `a value of one of these, which must be unique: ${names.join(', ')}`;
  return new ScimError(409, 'uniqueness', `Another ${kind} has ${what}.`, { cause });
}
