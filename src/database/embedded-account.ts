import { spawnSync } from 'node:child_process';
import { DomainError } from '../platform/errors.ts';

/** Under which account the server's programs run; empty: under our own. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** `uid=101(postgres) gid=104(postgres) …`, or nothing for an account that there is not. */
function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const [, uid, gid] = /^uid=(\d+)\S* gid=(\d+)/.exec(spawnSync('id', [name], { encoding: 'utf8' }).stdout ?? '') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * PostgreSQL refuses to run as root, and initdb a uid that has no name. Both accounts exist on every ordinary system, so none
 * has to be created.
 */
export function accountToRunAs(): RunAs {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const { uid, gid } = idsOf(name);
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new DomainError('unavailable', 'database.no_account', 'PostgreSQL refuses to run as root and there is neither an account "postgres" nor "nobody"; start the hub as an ordinary user, or set DATABASE_URL.');
}
