import type { Json } from './admin-client.ts';

/** Columns of a table: heading and where the value stands. */
export type Columns = readonly (readonly [heading: string, value: (row: Json) => unknown])[];

export const printJson = (value: unknown): string => JSON.stringify(value, null, 2);

/** Control characters of data must not move the cursor or recolour the terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
export const harmless = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : harmless(value.map(String).join(' '));
  return harmless(typeof value === 'string' ? value : JSON.stringify(value));
}

const characters = new Intl.Segmenter();
/** As a person counts: an accent or a joined emoji is no character of its own. */
const width = (text: string): number => Array.from(characters.segment(text)).length;

/** Rows in aligned columns, for people; programs ask for JSON. */
export function printTable(rows: readonly Json[], columns: Columns): string {
  if (rows.length === 0) return '(none)';
  const lines = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, value]) => cell(value(row))))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))));
  const padded = (line: readonly string[]): string => line.map((text, index) => text + ' '.repeat((widths[index] ?? 0) - width(text))).join('  ');
  return lines.map((line) => padded(line).trimEnd()).join('\n');
}
