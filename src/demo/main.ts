import { DomainError } from '../platform/errors.ts';
import { HELP, announcement } from './announcement.ts';
import { type DemoArguments, readArguments } from './demo-arguments.ts';
import { type Demo, startDemo } from './demo.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What somebody can mend is one sentence; only a defect shows where it happened. */
function explain(error: unknown): string {
  if (error instanceof DomainError || error instanceof TypeError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Resolves when somebody wants it to end. */
const interrupted = (): Promise<void> =>
  new Promise((done) => {
    // Not `once`: a second Ctrl-C must not kill the process while it tidies up.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done());
  });

async function show({ once, people, port }: DemoArguments): Promise<void> {
  const ending = interrupted();
  say('Starting the hub, two identity providers and an application …');
  const starting: Promise<Demo> = startDemo({ people, port, output: process.stdout });
  // Who interrupts the start still waits for it: half of what was started would be left behind otherwise.
  const demo = await starting;
  if (once) say(announcement(demo));
  else {
    say(`${announcement(demo)}\n  Ctrl-C stops all of it and removes its data.`);
    await ending;
  }
  say('Stopping …');
  await demo.stop();
}

// The terminal may be gone before everything is stopped.
process.stdout.on('error', () => undefined);
try {
  const given = readArguments(process.argv.slice(2));
  if (given.help) say(HELP);
  else await show(given);
  process.exit(0);
} catch (error) {
  process.stderr.write(`demo: ${explain(error)}\n`);
  process.exit(1);
}
