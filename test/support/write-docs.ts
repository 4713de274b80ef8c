import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsTable, withSettingsTable } from './settings-table.ts';

/** `npm run docs`: puts what is made of other files into the README. */
const root = join(import.meta.dirname, '../../..');
const readme = join(root, 'README.md');
writeFileSync(readme, withSettingsTable(readFileSync(readme, 'utf8'), settingsTable(join(root, 'config/schema.json'))));
