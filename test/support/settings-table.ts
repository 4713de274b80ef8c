import { readFileSync } from 'node:fs';

interface Setting {
  readonly 'x-env': string;
  readonly 'x-group': string;
  readonly 'x-default'?: string;
  readonly 'x-secret'?: string;
  readonly default?: unknown;
  readonly description: string;
}

const BEGIN = '<!-- settings: made of config/schema.json by npm run docs -->\n';
const END = '<!-- end of settings -->';

/** Text in a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function defaultOf(setting: Setting): string {
  const value = setting['x-default'] ?? setting.default;
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '';
  if (typeof value === 'boolean') return value ? '`1`' : '`0`';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Every setting, by group, as a Markdown table. */
export function settingsTable(schemaFile: string): string {
  const { properties } = JSON.parse(readFileSync(schemaFile, 'utf8')) as { properties: Record<string, Setting> };
  const groups = new Map<string, Setting[]>();
  for (const setting of Object.values(properties)) groups.set(setting['x-group'], [...(groups.get(setting['x-group']) ?? []), setting]);
  const rows = [...groups].flatMap(([group, settings]) => [
    `| **${group}** | | |`,
    ...settings.map((setting) => `| \`${setting['x-env']}\` | ${cell(defaultOf(setting))} | ${cell(setting.description)}${setting['x-secret'] === undefined ? '' : ' *Secret.*'} |`),
  ]);
  return ['| Variable | Default | |', '|---|---|---|', ...rows, ''].join('\n');
}

/** The text with the table between its marks. */
export function withSettingsTable(text: string, table: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('the marks of the settings table are missing');
  return `${text.slice(0, begin)}${BEGIN}${table}${text.slice(end)}`;
}
