import { DatabaseError } from 'pg';

/** The server's own error, also where sequelize wrapped it. */
export function databaseError(error: unknown): DatabaseError | undefined {
  if (error instanceof DatabaseError) return error;
  const original: unknown = error instanceof Error && 'original' in error ? error.original : undefined;
  return original instanceof DatabaseError ? original : undefined;
}

/** The SQLSTATE of an error a statement ended in, also one raised by our own functions; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  return databaseError(error)?.code;
}

function constraintOf(error: unknown, state: string): string | undefined {
  const found = databaseError(error);
  return found?.code === state ? (found.constraint ?? '') : undefined;
}

/** Name of the unique constraint or index that refused the row; undefined when the error is another one. */
export const uniqueViolation = (error: unknown): string | undefined => constraintOf(error, '23505');

/** Name of the foreign key that refused the row. */
export const foreignKeyViolation = (error: unknown): string | undefined => constraintOf(error, '23503');

/** Name of the check constraint that refused the row. */
export const checkViolation = (error: unknown): string | undefined => constraintOf(error, '23514');

/**
 * The connection's idea of a prepared statement no longer fits the server's: its result type changed under it, it was
 * deallocated, or it exists already. The batch was rolled back, so it may run again on another connection.
 */
export function isStalePlan(error: unknown): boolean {
  const found = databaseError(error);
  return found?.code === '26000' || found?.code === '42P05' || (found?.code === '0A000' && found.routine === 'RevalidateCachedQuery');
}

/** Deadlock or serialization failure: the server rolled the transaction back and expects the client to try again. */
export function isTransient(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40P01' || state === '40001';
}

/** The server ends the connection with this error (shutdown, terminated by an administrator), not just the statement. */
export function isShutdown(error: unknown): boolean {
  const severity = databaseError(error)?.severity;
  return severity === 'FATAL' || severity === 'PANIC';
}
