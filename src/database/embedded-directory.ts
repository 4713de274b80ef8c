import { spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory } from '../platform/data-directory.ts';
import { DomainError } from '../platform/errors.ts';
import type { RunAs } from './embedded-account.ts';
import type { Binaries } from './embedded-binaries.ts';

/** Where a cluster lives: `pg` below the directory, beside it the secret that its logins' passwords derive from. */
export interface ClusterDirectory {
  readonly path: string;
  readonly data: string;
  /** The password of one login. */
  readonly password: (login: string) => string;
}

function giveTo(path: string, as: RunAs): void {
  if (as.uid !== undefined) chownSync(path, as.uid, as.gid ?? as.uid);
}

function make(path: string, as: RunAs): void {
  try {
    makeDirectory(path);
    giveTo(path, as);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, cause?: unknown): DomainError {
  return new DomainError('unavailable', 'database.directory_unwritable', `The data directory ${path} cannot be written; change its owner, set DATA_DIR to another one, or set DATABASE_URL.`, { cause });
}

const mayWrite = (path: string, as: RunAs): boolean =>
  process.platform === 'win32' || spawnSync('test', ['-w', path, '-a', '-x', path], { ...as, cwd: '/' }).status === 0;

/**
 * A directory the server's account can write. Below a private home it cannot even be reached: the data then lives in
 * `/var/lib`, in a folder named after the wished-for path, so that two checkouts stay apart.
 */
export function reachableDirectory(directory: string, as: RunAs, log: (line: string) => void): string {
  const wished = resolve(directory);
  make(wished, as);
  if (mayWrite(wished, as)) return wished;
  if (as.uid === undefined) throw unwritable(wished);
  const moved = `/var/lib/gatehouse-data/${createHash('sha256').update(wished).digest('hex').slice(0, 12)}`;
  makeDirectory(dirname(moved), 0o755);
  make(moved, as);
  if (!mayWrite(moved, as)) throw unwritable(wished);
  log(`database: ${wished} is out of reach for the server's account; its data is in ${moved}`);
  return moved;
}

/** Built-in locale from 17 on; `C.UTF-8` of the operating system, which Linux has, before. */
const localeOf = (binaries: Binaries): string[] => {
  const version = Number(/(\d+)/.exec(spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8', cwd: '/' }).stdout)?.[1] ?? 0);
  return version >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
};

function initialise(data: string, secretFile: string, password: string, binaries: Binaries, as: RunAs, ephemeral: boolean): void {
  const fresh = `${data}.new`; // renamed when complete: a start cut short leaves no half-made cluster behind
  rmSync(fresh, { recursive: true, force: true });
  make(fresh, as);
  const passwordFile = `${secretFile}.initdb`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(passwordFile, as);
  const options = ['-D', fresh, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', ...localeOf(binaries)];
  const result = spawnSync(binaries.initdb, ephemeral ? [...options, '--no-sync'] : options, { ...as, cwd: '/', encoding: 'utf8' });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    const reason = (result.stderr || String(result.error ?? '')).trim().split('\n').slice(-3).join(' ');
    throw new DomainError('unavailable', 'database.init_failed', `A new database could not be made in ${data}: ${reason}`);
  }
  renameSync(fresh, data);
}

/** Finds or makes the cluster in a directory that {@link reachableDirectory} chose. Data of an earlier start is kept as it is. */
export function openCluster(path: string, binaries: Binaries, as: RunAs, ephemeral: boolean): ClusterDirectory {
  const data = join(path, 'pg');
  const secretFile = join(path, 'pg-secret');
  try {
    if (!existsSync(secretFile)) writeFileSync(secretFile, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
    const secret = readFileSync(secretFile, 'utf8');
    const password = (login: string): string => createHmac('sha256', secret).update(login).digest('base64url');
    if (!existsSync(join(data, 'PG_VERSION'))) initialise(data, secretFile, password('postgres'), binaries, as, ephemeral);
    return { path, data, password };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unwritable(path, error);
  }
}
