import { CliError } from './cli-error.ts';
import { leaf, show, type Noun, type Tools } from './command.ts';
import { printReport, progressLine } from './simulation-text.ts';
import { type OktaApplication, type SimulationOptions, simulate as run } from './simulator/index.ts';

/** What commander hands over: all text. */
interface GivenOptions {
  readonly json?: boolean;
  readonly url: string;
  readonly token: string;
  readonly people: string;
  readonly groups: string;
  readonly cycles: string;
  readonly seed: string;
  readonly concurrency: string;
  readonly domain: string;
  readonly application?: OktaApplication;
  readonly keep?: boolean;
  readonly strict?: boolean;
}

function count(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new CliError(`--${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
  return number;
}

/** `-` keeps the token out of the list of processes. */
const tokenFrom = async (given: string, { terminal }: Tools): Promise<string> => (given === '-' ? await terminal.readInput() : given).trim();

async function optionsOf(vendor: 'okta' | 'entra', given: GivenOptions, tools: Tools): Promise<SimulationOptions> {
  const token = await tokenFrom(given.token, tools);
  if (!/^[\x21-\x7e]*$/.test(token)) throw new CliError('The token holds characters that no header can carry.');
  if (!/^[a-z0-9.-]{1,200}$/i.test(given.domain)) throw new CliError(`--domain must be the name of a domain, not ${JSON.stringify(given.domain)}.`);
  return {
    vendor,
    url: given.url,
    token,
    people: count('people', given.people, 1, 10_000_000),
    groups: count('groups', given.groups, 0, 100_000),
    cycles: count('cycles', given.cycles, 0, 100),
    seed: count('seed', given.seed, 0, 0xffff_ffff),
    concurrency: count('concurrency', given.concurrency, 1, 256),
    domain: given.domain,
    keep: given.keep === true,
    ...(given.application !== undefined && { oktaApplication: given.application }),
  };
}

async function play(vendor: 'okta' | 'entra', given: GivenOptions, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const options = await optionsOf(vendor, given, tools);
  const tell = progressLine(terminal);
  const report = await run(options, tell);
  tell();
  show(tools, given, report, printReport);
  if (report.aborted !== undefined) throw new CliError(`The simulation ended early: ${report.aborted}`);
  if (report.failures > 0) throw new CliError(`${report.failures} of ${report.requests} requests did not end as ${vendor === 'okta' ? 'Okta' : 'Entra'} needs it.`);
  if (given.strict === true && report.remarks.length > 0) throw new CliError(`${report.remarks.length} rules of the RFCs were broken.`);
}

/** `gatehouse simulate`. */
export const simulate: Noun = (program, tools) => {
  const noun = program.command('simulate').description('plays an identity provider against any SCIM 2.0 server, and checks every answer');
  const about = { okta: 'Okta: look-ups, PUT for profiles, PATCH for what is switched, group push', entra: 'Microsoft Entra ID: look-ups, PATCH in its own dialect, members twenty at a time' };
  for (const vendor of ['okta', 'entra'] as const) {
    const command = leaf(noun, vendor, about[vendor], [
      `simulate ${vendor} --url http://localhost:3000/scim/v2 --token "$(gatehouse scim-token create --organization acme)"`,
      `simulate ${vendor} --people 2000 --groups 50 --cycles 3 --url https://scim.example/v2 --token - --json < token`,
    ])
      .requiredOption('--url <base>', vendor === 'entra' ? 'base of the SCIM service; with ?aadOptscim062020 in the dialect of that flag' : 'base of the SCIM service')
      .requiredOption('--token <token>', 'bearer token, or - to read it from standard input')
      .option('--people <number>', 'how many people', '200')
      .option('--groups <number>', 'how many groups', '12')
      .option('--cycles <number>', 'incremental cycles after the initial one: renames, moves, disabling, enabling, deletion', '2')
      .option('--seed <number>', 'the same seed is the same company', '1')
      .option('--concurrency <number>', 'requests at a time', '8')
      .option('--domain <name>', 'domain of the people’s addresses', 'people.example')
      .option('--keep', 'leave people and groups on the server; removed at the end unless given')
      .option('--strict', 'also fail on what the vendor lets pass and the RFCs do not');
    if (vendor === 'okta') command.option('--wizard', 'as an application of the App Integration Wizard: PUT for everything');
    command.action((given: GivenOptions & { wizard?: boolean }) => play(vendor, { ...given, ...(given.wizard === true && { application: 'wizard' }) }, tools));
  }
};
