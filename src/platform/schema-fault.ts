import type { Ajv, ErrorObject } from 'ajv';

const FORMATS: ReadonlyMap<unknown, string> = new Map([
  ['uuid', 'must be an id, which is a UUID'],
  ['date-time', 'must be a time such as 2030-01-31T12:00:00Z'],
  ['email', 'must be an e-mail address'],
  ['uri', 'must be a URI'],
]);

const LIMITS: ReadonlyMap<string, readonly [bound: string, of: string]> = new Map([
  ['minLength', ['at least', 'characters']],
  ['maxLength', ['at most', 'characters']],
  ['minItems', ['at least', 'items']],
  ['maxItems', ['at most', 'items']],
]);

/** Lets schemas say by `x-form` what their pattern means: nobody should have to read a regular expression to mend a request. */
export const withForms = (ajv: Ajv): Ajv => ajv.addVocabulary(['x-form']);

/** A fault in words that stand behind the name of the value. The validator must be `verbose`; no value is ever repeated. */
export function sayFault({ keyword, params, parentSchema, message }: ErrorObject): string {
  const { additionalProperty, allowedValues, format, limit } = params as Record<string, unknown>;
  if (typeof additionalProperty === 'string') return `has no property ${JSON.stringify(additionalProperty.slice(0, 80))}`;
  if (Array.isArray(allowedValues)) return `must be one of ${allowedValues.join(', ')}`;
  if (keyword === 'minProperties') return 'must name something';
  const bounds = LIMITS.get(keyword);
  if (bounds !== undefined) return `must have ${bounds[0]} ${String(limit)} ${bounds[1]}`;
  const form: unknown = parentSchema?.['x-form'];
  if (keyword === 'pattern' && typeof form === 'string') return `must be ${form}`;
  return FORMATS.get(format) ?? message ?? 'is not valid';
}
