import type { Json } from './admin-client.ts';

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** What looks like a slip in a name; roles may be given that nobody has defined. */
export function slipLines(answer: Json, how: string): string[] {
  const unknown = Array.isArray(answer['unknownRoles']) ? answer['unknownRoles'].map(String) : [];
  return unknown.length === 0 ? [] : [`${how}: ${unknown.join(', ')}`];
}

/** A user's roles with reasons, for a terminal: one role per line, its reasons below. */
export function roleLines(user: Json): string {
  const lines = objects(user['reasons']).flatMap((role) => [
    `${String(role['role'])}${role['effective'] === true ? '' : ` (${String(role['withheld'])})`}`,
    ...objects(role['reasons']).map((reason) => `  ${String(reason['text'])}`),
  ]);
  return [`${String(user['userName'] ?? user['id'])}:`, ...(lines.length === 0 ? ['(no roles)'] : lines)].join('\n');
}
