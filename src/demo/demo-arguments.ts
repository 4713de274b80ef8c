import { parseArgs } from 'node:util';

export interface DemoArguments {
  readonly help: boolean;
  readonly once: boolean;
  readonly people: number;
  readonly port: number;
}

function numberFrom(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new TypeError(`--${name} must be a number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  return number;
}

/** @throws TypeError in words for whoever typed them */
export function readArguments(args: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', default: false }, once: { type: 'boolean', default: false }, people: { type: 'string', default: '200' }, port: { type: 'string', default: '3000' } },
  });
  return { help: values.help, once: values.once, people: numberFrom('people', values.people, 20, 100_000), port: numberFrom('port', values.port, 0, 65_000) };
}
