import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { errorCode } from '../platform/error-code.ts';

/** Alive, or a zombie that its parent has not reaped; EPERM means alive under another account. */
export function exists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * When a process started, in whatever words the system has: a pid alone is reused, above all in containers, where the hub has
 * the same one after every restart. Undefined: there is no such process (or it is a zombie), or the system does not tell.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'win32') return exists(pid) ? 'unknown' : undefined;
  if (process.platform !== 'linux') return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined;
  const stat = read(`/proc/${pid}/stat`);
  // the name, in parentheses, may itself hold blanks and parentheses: fields are counted after the last one
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

const currentFolderOf = (pid: string): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone meanwhile, or another account's: those we ask about are ours
  }
};

/** Is this process a server of that data folder? A server works in its folder, and names it on its command line. */
export function worksIn(pid: number, folder: string): boolean {
  if (process.platform === 'win32') return false;
  if (process.platform === 'linux') return currentFolderOf(String(pid)) === folder;
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(folder);
}

/** True when nothing at all works in the folder, neither a server nor a child it left behind. Only Linux can tell. */
export const isDeserted = (folder: string): boolean =>
  process.platform === 'linux' && readdirSync('/proc').every((pid) => !/^\d+$/.test(pid) || currentFolderOf(pid) !== folder);
