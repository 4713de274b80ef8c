const REDACTED = '[redacted]';
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;

/** Names whose value is never written, without case, hyphens and underscores. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  `authorization proxyauthorization cookie cookies setcookie password passwd currentpassword newpassword passphrase secret secrets
  clientsecret token tokens accesstoken refreshtoken idtoken idtokenhint registrationaccesstoken apikey code codeverifier devicecode
  usercode assertion clientassertion samlresponse samlrequest relaystate privatekey otp totp recoverycodes`.split(/\s+/),
);

/** Of an error, `code` says which one it is; elsewhere it may be an authorization code or a second factor. */
const isErrorCode = (value: unknown): boolean => typeof value === 'string' && /^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/.test(value);

function isSecretName(name: string, value: unknown, inError: boolean): boolean {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  if (plain === 'code' && (inError || isErrorCode(value))) return false;
  return SECRET_NAMES.has(plain);
}

function walk(value: unknown, depth: number, inError: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => walk(item, depth + 1, false));
  if (value instanceof Error) return walk(Object.assign({}, value, { message: value.message }), depth, true);
  if ('toJSON' in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (isSecretName(name, item, inError)) return [name, item === undefined || item === null ? item : REDACTED];
      // The error of a log call is left to the serializer of errors, which calls `redactError`.
      return [name, depth === 0 && name === 'err' && item instanceof Error ? item : walk(item, depth + 1, name === 'err')];
    }),
  );
}

/** A copy of what is to be logged without the values of secret fields, at any depth that is still written. */
export const redactFields = (fields: Record<string, unknown>): Record<string, unknown> => walk(fields, 0, false) as Record<string, unknown>;

/** As `redactFields`, for the fields of an error, whose own `code` stays. */
export const redactError = (fields: object): unknown => walk({ ...fields }, 0, true);

/**
 * Secrets inside of texts, such as the message of a driver's error: tokens of ours, bearer credentials, JWTs, passwords
 * of URLs and secret parameters of query strings. Each pattern is bounded by what it may not contain, so that a long
 * line takes time in proportion to its length.
 */
export function redactText(text: string): string {
  return text
    .replace(/\b(gh_[a-z]{1,20})_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b/g, `$1_${REDACTED}`)
    .replace(/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${REDACTED}`)
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED)
    .replace(/:\/\/[^\s/:@"\\]*:[^\s/@"\\]*@/g, `://${REDACTED}@`)
    .replace(/([?&](?:code|state|token|access_token|id_token|id_token_hint|refresh_token|client_secret|SAMLResponse|SAMLRequest)=)[^&#\s"\\]+/g, `$1${REDACTED}`);
}
