import { scimRefusal } from '../../domain/credentials/index.ts';
import { directoryFault } from '../../domain/directory/index.ts';
import { type ScimError, toScimError } from './scim-error.ts';

/** Whatever a handler threw, in SCIM's words: what the database refused is known by the rooms it belongs to. */
export const refusalOf = (error: unknown): ScimError => toScimError(scimRefusal(error) ?? directoryFault(error) ?? error);
