import { DomainError } from '#hub/platform/errors.js';

/** Waits for a refusal and hands back its error, so that a test can name the check that failed. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<DomainError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('it was expected to be refused');
}
