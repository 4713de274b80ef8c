import { mkdirSync } from 'node:fs';
import { DomainError } from './errors.ts';

/** Makes sure that the directory is there, for its owner alone. @throws DomainError `hub.data_directory` */
export function makeDataDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new DomainError('unavailable', 'hub.data_directory', `The data directory ${path} cannot be made (${reason}); set DATA_DIR to one that the hub may write.`, { cause: error });
  }
}
