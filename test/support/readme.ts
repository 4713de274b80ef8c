import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');
export const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The fenced blocks of a language, in order. */
export const blocks = (language: string): string[] => [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1] ?? '');

/** The one block of a language. */
export function onlyBlock(language: string): string {
  const [block, ...others] = blocks(language);
  if (block === undefined || others.length > 0) throw new Error(`there must be one block of ${language}`);
  return block;
}
