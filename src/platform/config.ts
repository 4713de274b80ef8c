import type { ErrorObject } from 'ajv';
import { readFileSync } from 'node:fs';
import { schemaFaults, settingSchemas, type SettingSchema } from './config-schema.ts';
import type { Environment } from './environment.ts';
import { DomainError } from './errors.ts';
import { readWord } from './setting-words.ts';
import type { Config, SettingName, Settings, SettingSource } from './settings.ts';

/** What is wrong with one setting. Never carries the value of a secret. */
export interface SettingFault {
  /** The environment variable's name; for a value of the settings file, the name it has there. */
  readonly variable: string;
  readonly message: string;
}

/** Checks that another room makes on the text of a setting, by setting: each answers with its faults. */
export type SettingChecks = Partial<Record<SettingName, (text: string) => readonly string[]>>;

/** A setting as it may be shown to anyone who operates the hub. */
export interface DescribedSetting {
  readonly name: SettingName;
  readonly variable: string;
  readonly group: string;
  readonly title: string;
  readonly value: unknown;
  readonly source: SettingSource;
}

interface Draft {
  readonly values: Record<string, unknown>;
  readonly sources: Map<string, SettingSource>;
  readonly faults: SettingFault[];
}

const settingNames: ReadonlySet<string> = new Set(settingSchemas.map(([name]) => name));

/** Reads the settings file. Its keys are the setting names of `config/schema.json`, as in `config/default.json`. */
function readFileInto(draft: Draft, path: string | undefined): void {
  if (path === undefined) return;
  const fault = (message: string): number => draft.faults.push({ variable: 'GATEHOUSE_CONFIG', message });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // The parser's own message quotes the file, which may hold secrets.
    if (error instanceof SyntaxError) fault(`names ${path}, which is not valid JSON`);
    else fault(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    fault('must hold a JSON object of settings');
    return;
  }
  for (const [name, value] of Object.entries(content)) {
    if (!settingNames.has(name)) fault(`names an unknown setting ${JSON.stringify(name.slice(0, 80))}`);
    else {
      draft.values[name] = value;
      draft.sources.set(name, 'file');
    }
  }
}

function readEnvironmentInto(draft: Draft, environment: Environment): void {
  for (const [name, schema] of settingSchemas) {
    const text = environment[schema['x-env']];
    if (text === undefined) continue;
    const word = readWord(text, schema);
    if ('value' in word) draft.values[name] = word.value;
    else {
      delete draft.values[name];
      draft.faults.push({ variable: schema['x-env'], message: `${word.fault}${shown(text, schema)}` });
    }
    draft.sources.set(name, 'environment');
  }
}

/** The refused value for a message: shortened, and left out when it is a secret. */
function shown(value: unknown, schema: SettingSchema): string {
  if (schema['x-secret'] !== undefined || value === '') return '';
  return `, not ${JSON.stringify(value)?.slice(0, 80) ?? 'nothing'}`;
}

function sentence(error: ErrorObject, schema: SettingSchema): string {
  if (error.keyword === 'enum') return `must be one of ${(schema.enum ?? []).join(', ')}`;
  if (['format', 'pattern', 'minLength'].includes(error.keyword) && schema['x-expects'] !== undefined) return `must be ${schema['x-expects']}`;
  return error.message ?? 'is not allowed';
}

function checkSchema(draft: Draft): void {
  for (const { name, schema, error } of schemaFaults(draft.values)) {
    const variable = draft.sources.get(name) === 'file' ? `${name} (file)` : schema['x-env'];
    draft.faults.push({ variable, message: `${sentence(error, schema)}${shown(draft.values[name], schema)}` });
  }
}

function checkOthers(draft: Draft, checks: SettingChecks): void {
  for (const [name, schema] of settingSchemas) {
    const value = draft.values[name];
    if (typeof value === 'string') for (const message of checks[name]?.(value) ?? []) draft.faults.push({ variable: schema['x-env'], message });
  }
  const { databaseUrl, databaseOwnerUrl, secret } = draft.values;
  if (databaseUrl !== undefined && secret === undefined && !draft.sources.has('secret'))
    draft.faults.push({ variable: 'GATEHOUSE_SECRET', message: 'is required when DATABASE_URL is set; make one with: openssl rand -base64 32' });
  if (databaseOwnerUrl !== undefined && !draft.sources.has('databaseUrl'))
    draft.faults.push({ variable: 'DATABASE_OWNER_URL', message: 'has no effect without DATABASE_URL' });
}

/** RFC 3986 §6.2: the form under which two spellings of one address are equal. */
function normaliseUrl(text: string): string {
  const url = new URL(text);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function complete(draft: Draft): Config {
  const all: Record<string, unknown> = Object.fromEntries(settingSchemas.map(([name, schema]) => [name, draft.values[name] ?? schema.default]));
  const { publicUrl, port } = all as Partial<Settings> & Pick<Settings, 'port'>;
  all['publicUrl'] = normaliseUrl(publicUrl ?? `http://localhost:${port}`);
  all['databaseOwnerUrl'] ??= all['databaseUrl'];
  all['userMgmtRlsEnforce'] ??= all['userMgmtEnforce'];
  all['sources'] = Object.freeze(Object.fromEntries(settingSchemas.map(([name]) => [name, draft.sources.get(name) ?? 'default'])));
  all['previousSecrets'] = Object.freeze([...(all['previousSecrets'] as string[])]);
  // The schema has accepted every value and a test holds the schema against the type.
  return Object.freeze(all) as unknown as Config;
}

/**
 * Reads the settings: environment above the file that `GATEHOUSE_CONFIG` names, above the defaults.
 * @param checks what other rooms know about their own settings, so that their faults are reported with the rest
 * @throws DomainError `config.invalid` that lists every fault, never only the first
 */
export function loadConfig(environment: Environment, checks: SettingChecks = {}): Config {
  const draft: Draft = { values: {}, sources: new Map(), faults: [] };
  readFileInto(draft, environment['GATEHOUSE_CONFIG']);
  readEnvironmentInto(draft, environment);
  checkSchema(draft);
  checkOthers(draft, checks);
  if (draft.faults.length > 0) {
    const lines = draft.faults.map(({ variable, message }) => `  ${variable} ${message}`);
    throw new DomainError('invalid', 'config.invalid', `The configuration cannot be used:\n${lines.join('\n')}`, {
      details: { faults: draft.faults },
    });
  }
  return complete(draft);
}

/** A database URL without what could open the database: no user, no password, no parameters. */
const withoutCredentials = (url: string): string => url.replace(/^([a-z]+:\/\/)(?:[^/?#]*@)?([^?#]*).*$/s, '$1$2');

function redacted(value: unknown, schema: SettingSchema): unknown {
  if (schema['x-secret'] === undefined || value === undefined) return value;
  if (schema['x-secret'] === 'credentials' && typeof value === 'string') return withoutCredentials(value);
  return Array.isArray(value) ? value.map(() => '[redacted]') : '[redacted]';
}

/** Every setting with its value and where that came from; secrets are redacted. */
export const describeConfig = (config: Config): readonly DescribedSetting[] =>
  settingSchemas.map(([name, schema]) => ({
    name,
    variable: schema['x-env'],
    group: schema['x-group'],
    title: schema.title,
    value: redacted(config[name], schema),
    source: config.sources[name],
  }));
