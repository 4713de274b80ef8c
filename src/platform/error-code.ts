/** The code that the operating system, or Node in its name, gave an error: `ENOENT`, `EEXIST`; nothing where it gave none. */
export const errorCode = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined);
