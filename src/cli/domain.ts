import { path, type Json } from './admin-client.ts';
import { leaf, show, type Noun, type Tools } from './command.ts';
import { printTable, type Columns } from './output.ts';

const columns: Columns = [
  ['DOMAIN', (row) => row['domain']],
  ['VERIFIED', (row) => row['verifiedAt']],
  ['BY', (row) => row['verifiedBy']],
  ['CONNECTION', (row) => row['connection']],
];

interface DomainOptions {
  readonly json?: boolean;
  readonly organization: string;
}

function printClaim(answer: Json): string {
  const record = answer['record'] as Json;
  return [
    `${String(answer['domain'])} is claimed; it counts once this record is in its DNS and \`gatehouse domain verify\` has seen it:`,
    `${String(record['name'])}. TXT "${String(record['value'])}"`,
  ].join('\n');
}

/** People know connections by their names. */
async function withConnectionNames(tools: Tools, organization: string, domains: readonly Json[]): Promise<Json[]> {
  const connections = await tools.client().list(path`/organizations/${organization}/connections`);
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  return domains.map((row) => ({ ...row, connection: names.get(row['connection']) ?? row['connection'] }));
}

/** `gatehouse domain`. */
export const domain: Noun = (program, tools) => {
  const noun = program.command('domain').description('e-mail domains whose people are led to a connection');
  leaf(noun, 'add <domain>', 'claim a domain for a connection; prints the DNS record that proves it', ['domain add acme.example --organization acme --connection okta'])
    .requiredOption('--organization <organization>', 'id or slug')
    .requiredOption('--connection <connection>', 'id or name; by it people of the domain sign in')
    .action(async (name: string, options: DomainOptions & { connection: string }) => {
      const body = { domain: name, connection: options.connection };
      show(tools, options, await tools.client().send('POST', path`/organizations/${options.organization}/domains`, body), printClaim);
    });
  leaf(noun, 'list', 'list the domains of an organization', ['domain list --organization acme'])
    .requiredOption('--organization <organization>', 'id or slug')
    .action(async (options: DomainOptions) => {
      const domains = await tools.client().list(path`/organizations/${options.organization}/domains`);
      const rows = options.json === true ? domains : await withConnectionNames(tools, options.organization, domains);
      show(tools, options, rows, (all) => printTable(all, columns));
    });
  leaf(noun, 'verify <domain>', 'look for the DNS record; from then on people of the domain are led to its connection', [
    'domain verify acme.example --organization acme',
    'domain verify acme.example --organization acme --by-operator',
  ])
    .requiredOption('--organization <organization>', 'id or slug')
    .option('--by-operator', 'vouch for it instead, without a record; for operators, and audited as such')
    .action(async (name: string, options: DomainOptions & { byOperator?: boolean }) => {
      const body = { byOperator: options.byOperator };
      const verified = await tools.client().send('POST', path`/organizations/${options.organization}/domains/${name}/verify`, body);
      const rows = options.json === true ? [] : await withConnectionNames(tools, options.organization, [verified]);
      show(tools, options, verified, () => printTable(rows, columns));
    });
  leaf(noun, 'remove <domain>', 'give a domain up: nobody is led anywhere by it', ['domain remove acme.example --organization acme'])
    .requiredOption('--organization <organization>', 'id or slug')
    .action(async (name: string, options: DomainOptions) => {
      const removed = await tools.client().send('DELETE', path`/organizations/${options.organization}/domains/${name}`);
      show(tools, options, removed, (answer) => `removed ${String(answer['domain'])}`);
    });
};
