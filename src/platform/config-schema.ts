import { Ajv, type ErrorObject } from 'ajv';
import { readFileSync } from 'node:fs';
import type { SettingName } from './settings.ts';

/** One entry of `config/schema.json`. The words with `x-` are ours; the rest is JSON Schema 2020-12. */
export interface SettingSchema {
  readonly 'x-env': string;
  readonly 'x-group': string;
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly title: string;
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly string[];
  /** What is hidden when the setting is shown: all of it, or the credentials inside a URL. */
  readonly 'x-secret'?: 'whole' | 'credentials';
  /** A default that is computed from another setting, in words. */
  readonly 'x-default'?: string;
  /** The variable is a number of seconds that may carry a unit. */
  readonly 'x-unit'?: 'seconds';
  /** What a value must look like, for the message of a fault. */
  readonly 'x-expects'?: string;
}

const document = JSON.parse(readFileSync(new URL('../../config/schema.json', import.meta.url), 'utf8')) as {
  properties: Record<SettingName, SettingSchema>;
};

/** Every setting with its description, in the order in which they are documented. */
export const settingSchemas = Object.entries(document.properties) as readonly (readonly [SettingName, SettingSchema])[];

/** Whether the text is exactly 32 bytes in canonical base64 (RFC 4648 §4, §3.5), so that no two texts are the same key. */
const isSecret = (text: string): boolean => /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').toString('base64') === text;

function isHttpUrl(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
}

// The document is ours and a test holds it against the meta-schema: checking and optimizing it would be half of what
// reading the configuration costs, at every start and every command.
// What our schemas use of JSON Schema 2020-12 is the same in every draft since 7, and strict mode refuses the rest; the class
// for 2020-12 alone would take 40 ms of every start.
const ajv = new Ajv({ allErrors: true, strict: true, meta: false, validateSchema: false, code: { optimize: false } });
for (const word of ['x-env', 'x-group', 'x-secret', 'x-default', 'x-unit', 'x-expects']) ajv.addKeyword(word);
ajv.addFormat('secret-32', isSecret);
ajv.addFormat('http-url', isHttpUrl);
ajv.addFormat('base-url', (text: string) => isHttpUrl(text) && !text.includes('?'));
ajv.addFormat('postgres-url', /^postgres(?:ql)?:\/\/[^\s]+$/);

/** What is wrong with the value of one setting. */
export interface SchemaFault {
  readonly name: SettingName;
  readonly schema: SettingSchema;
  readonly error: ErrorObject;
}

/** Every fault of the settings that are set, none of them computed yet. Only their schemas are compiled, which are few at any start. */
export const schemaFaults = (values: Readonly<Record<string, unknown>>): readonly SchemaFault[] =>
  settingSchemas.flatMap(([name, schema]) => {
    if (!Object.hasOwn(values, name)) return [];
    const validate = ajv.compile(schema);
    return validate(values[name]) ? [] : (validate.errors ?? []).map((error) => ({ name, schema, error }));
  });
