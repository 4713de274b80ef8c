import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from './error-code.ts';
import { DomainError } from './errors.ts';

/**
 * Makes a directory and those above it that are missing, one by one. `mkdirSync` with `recursive` does not end where a
 * file system says of a name below an existing directory that it is not there (`/proc`): it makes the one above again, for ever.
 */
export function makeDirectory(path: string, mode = 0o700): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    try {
      mkdirSync(directory, { mode });
    } catch (error) {
      // Somebody else made it in the meantime; whether it is a directory is found out below.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  if (!statSync(path).isDirectory()) throw Object.assign(new Error(`ENOTDIR: ${path} is not a directory`), { code: 'ENOTDIR' });
}

/** Makes sure that the directory is there, for its owner alone. @throws DomainError `hub.data_directory` */
export function makeDataDirectory(path: string): void {
  try {
    makeDirectory(path);
  } catch (error) {
    throw new DomainError('unavailable', 'hub.data_directory', `The data directory ${path} cannot be made (${errorCode(error) ?? String(error)}); set DATA_DIR to one that the hub may write.`, { cause: error });
  }
}
