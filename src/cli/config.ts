import { leaf, show, type Noun } from './command.ts';
import { printTable, type Columns } from './output.ts';

const columns: Columns = [
  ['VARIABLE', (row) => row['variable']],
  ['VALUE', (row) => row['value']],
  ['FROM', (row) => row['source']],
];

/** `gatehouse config`. */
export const config: Noun = (program, tools) => {
  const noun = program.command('config').description('the settings of the installation');
  leaf(noun, 'show', 'show every setting of the running hub and where it comes from; secrets are redacted', ['config show', 'config show --json']).action(
    async (options: { json?: boolean }) => show(tools, options, await tools.client().list('/config'), (rows) => printTable(rows, columns)),
  );
};
