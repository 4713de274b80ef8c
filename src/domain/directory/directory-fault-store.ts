import { uniqueViolation } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';

/** Unique index → what it keeps unique. */
const UNIQUE: ReadonlyMap<string, (cause: unknown) => DomainError> = new Map([
  ['directory_user_user_name', (cause) => new DomainError('conflict', 'directory.user_name_taken', 'Another user of this connection has this userName.', { cause })],
  ['directory_user_external_id', (cause) => new DomainError('conflict', 'directory.external_id_taken', 'Another user of this connection has this externalId.', { cause })],
  ['directory_group_display_name', (cause) => new DomainError('conflict', 'directory.display_name_taken', 'Another group of this connection has this displayName.', { cause })],
  ['directory_group_external_id', (cause) => new DomainError('conflict', 'directory.group_external_id_taken', 'Another group of this connection has this externalId.', { cause })],
]);

/** What the database refused to keep in the directory, in the hub's words; nothing for any other error. */
export function directoryFault(error: unknown): DomainError | undefined {
  return UNIQUE.get(uniqueViolation(error) ?? '')?.(error);
}
