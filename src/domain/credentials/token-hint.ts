const SHOWN_OF_THE_SECRET = 4;

/** The readable beginning of a token, so that a person recognises it: prefix and 4 of 43 secret characters. */
export function hintOf(token: string): string {
  const body = token.lastIndexOf('_', token.lastIndexOf('_') - 1) + 1;
  return `${token.slice(0, body + SHOWN_OF_THE_SECRET)}…`;
}
