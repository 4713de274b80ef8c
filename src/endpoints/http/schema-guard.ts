import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { DomainError } from '../../platform/errors.ts';
import { lazily } from '../../platform/lazily.ts';
import { sayFault, withForms } from '../../platform/schema-fault.ts';
import type { FromSchema, ObjectSchema } from './from-schema.ts';
import { isUnstorable } from './json-body.ts';

/** One fault of a request, as the answer lists it: where (a JSON pointer or a parameter's name) and what. */
export interface RequestFault {
  readonly at: string;
  readonly problem: string;
}

// Faults of one request are bounded (no allErrors would report only the first; people want all of them at once), and
// every array and string in our schemas has a bound, so collecting them cannot be made expensive.
const OPTIONS = { allErrors: true, useDefaults: true, strict: true, allowUnionTypes: true, verbose: true } as const;

function withFormats(ajv: Ajv): Ajv {
  formats.default(ajv, ['uuid', 'date-time', 'email', 'uri']);
  return withForms(ajv);
}

// Compiling costs milliseconds each and the operations are many: each pays at its first request, none at the start.
const bodies = lazily(() => withFormats(new Ajv(OPTIONS)));
// Parameters arrive as text; "5" is a limit of 5. A repeated parameter arrives as an array and is refused.
const parameters = lazily(() => withFormats(new Ajv({ ...OPTIONS, coerceTypes: true })));

const MOST_FAULTS = 20;

const faultsOf = (validate: ValidateFunction): RequestFault[] =>
  (validate.errors ?? []).slice(0, MOST_FAULTS).map((error) => ({ at: error.instancePath || '/', problem: sayFault(error) }));

/** What passes every schema and no database: text that cannot be stored. */
const unstorable = (parts: unknown): RequestFault[] =>
  Object.entries(parts ?? {}).flatMap(([name, value]) => (typeof value === 'string' && isUnstorable(value) ? [{ at: `/${name}`, problem: 'holds NUL or half a character' }] : []));

const described = (faults: readonly RequestFault[]): string => faults.map(({ at, problem }) => `${at === '/' ? 'it' : at} ${problem}`).join('; ');

/** Checks a JSON body against its schema; fills in defaults. */
export function bodyGuard<const S extends ObjectSchema>(schema: S): (value: unknown) => FromSchema<S> {
  const compiled = lazily(() => bodies().compile(schema));
  return (value) => {
    const validate = compiled();
    if (validate(value)) return value as FromSchema<S>;
    const faults = faultsOf(validate);
    throw new DomainError('invalid', 'http.body_invalid', `The body is not valid: ${described(faults)}.`, { details: { faults } });
  };
}

/** Checks path or query parameters, which are text, against a schema that may say integer or boolean. */
export function parameterGuard<const S extends ObjectSchema>(schema: S): (value: unknown) => FromSchema<S> {
  const compiled = lazily(() => parameters().compile(schema));
  return (value) => {
    const validate = compiled();
    // A copy: express's own object must stay as it came, and coercion writes.
    const copy: unknown = typeof value === 'object' && value !== null ? { ...value } : value;
    const hostile = unstorable(copy);
    if (hostile.length === 0 && validate(copy)) return copy as FromSchema<S>;
    const faults = hostile.length > 0 ? hostile : faultsOf(validate);
    throw new DomainError('invalid', 'http.parameter_invalid', `A parameter is not valid: ${described(faults)}.`, { details: { faults } });
  };
}
