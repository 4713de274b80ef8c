import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../platform/error-code.ts';
import { DomainError } from '../platform/errors.ts';
import { startOf } from './process-identity.ts';

const FILE = 'gatehouse.pid';

function holderOf(file: string): { pid: number; start: string } | undefined {
  try {
    const [pid, start] = readFileSync(file, 'utf8').trim().split(' ');
    return { pid: Number(pid), start: start ?? '' };
  } catch {
    return undefined;
  }
}

const mark = (pid: number): string => (startOf(pid) ?? 'gone').replaceAll(/\s+/g, '-');

/** Our own mark; taken again by the same process it is not another hub's. */
const isOurs = (holder: { pid: number; start: string }): boolean => holder.pid === process.pid && holder.start === mark(process.pid);

/** Ours now, or the name is taken: by a hub that runs, which is refused, or by what a killed one left, which goes away. */
function take(own: string, file: string, directory: string): boolean {
  try {
    linkSync(own, file); // appears complete or not at all, and only one of two at once succeeds
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const holder = holderOf(file);
  if (holder !== undefined && (isOurs(holder) || mark(holder.pid) === holder.start)) {
    throw new DomainError('unavailable', 'database.directory_in_use', `Another hub (process ${holder.pid}) is running on ${directory}; stop it, or give this one its own DATA_DIR.`);
  }
  rmSync(file, { force: true });
  return false;
}

/**
 * One hub per data directory. The server guards its files itself; this tells a second hub (refuse) from the orphan of a
 * killed one (stop it and go on), which look the same from the server's pid file.
 *
 * @returns how to let go of the directory
 */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, FILE);
  const own = `${file}.${process.pid}`;
  try {
    writeFileSync(own, `${process.pid} ${mark(process.pid)}\n`);
    while (!take(own, file, directory));
    return () => rmSync(file, { force: true });
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const needs = 'it must be writable, on a file system with hard links; set DATA_DIR to another directory, or set DATABASE_URL';
    throw new DomainError('unavailable', 'database.directory_not_lockable', `The data directory ${directory} cannot be locked (${errorCode(error) ?? String(error)}): ${needs}.`, { cause: error });
  } finally {
    rmSync(own, { force: true });
  }
}
