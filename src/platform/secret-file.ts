import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './data-directory.ts';
import { errorCode } from './error-code.ts';
import { DomainError } from './errors.ts';

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes a new secret beside its place and links it there. A link is atomic and refuses to replace: of two processes
 * that start at once both end with the same secret, and a start cut short leaves no half-written one.
 */
function createSecret(path: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * The master secret of a hub that keeps its own database: read from `<dataDir>/secret`, made there at the first start.
 * @returns 32 bytes in base64
 */
export function ensureSecret(dataDir: string): string {
  const path = join(dataDir, 'secret');
  let text: string | undefined;
  try {
    makeDirectory(dataDir);
    if (readSecret(path) === undefined) createSecret(path);
    text = readSecret(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DomainError('unavailable', 'config.secret_file', `The master secret cannot be read or written: ${reason}`, { cause: error });
  }
  if (text === undefined || Buffer.from(text, 'base64').length !== 32)
    throw new DomainError('unavailable', 'config.secret_file', `The master secret in ${path} is not 32 bytes in base64; restore it from a backup.`);
  return text;
}
