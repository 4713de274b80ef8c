import { DomainError } from '../platform/errors.ts';
import { databaseError } from './statement-error.ts';

/** Host, port and database of an address, without its password. */
export function describeAddress(url: string): string {
  const match = /^[a-z]+:\/\/(?:[^@/]*@)?([^/?]*)\/?([^?]*)(?:\?(.*))?$/i.exec(url);
  const host = match?.[1] ?? '';
  const socket = new URLSearchParams(match?.[3] ?? '').get('host');
  return `${host === '' ? (socket ?? 'localhost') : host}/${match?.[2] ?? ''}`;
}

const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What an administrator must read when connecting fails: one sentence that tells what to do. */
export function connectionFailure(error: unknown, url: string): DomainError {
  if (error instanceof DomainError) return error;
  const where = describeAddress(url);
  const cause = { cause: error };
  switch (databaseError(error)?.code ?? '') {
    case '28P01':
    case '28000':
      return new DomainError('unavailable', 'database.login_refused', `PostgreSQL at ${where} refuses the login; check user and password in DATABASE_URL.`, cause);
    case '3D000':
      return new DomainError('unavailable', 'database.missing', `The database ${where} does not exist; create it, or correct DATABASE_URL.`, cause);
    case '42501':
    case '22023':
      return new DomainError('unavailable', 'database.missing_privilege', `The login for ${where} may not take its role (${messageOf(error)}); let the owner start the hub once, or grant the role.`, cause);
    case '53300':
      return new DomainError('unavailable', 'database.too_many_connections', `PostgreSQL at ${where} has no connection left; raise max_connections, or lower the pool size.`, cause);
    default:
      return new DomainError('unavailable', 'database.unreachable', `PostgreSQL at ${where} does not answer (${codeOf(error) || messageOf(error)}); start it, or correct DATABASE_URL.`, cause);
  }
}
