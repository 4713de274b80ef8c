import { availableParallelism, cpus, loadavg } from 'node:os';
import { Closers } from '#hub/platform/closers.js';
import { HELP, type BenchArguments, type Section, readArguments } from './bench-arguments.ts';
import { measureGrowth, reportGrowth } from './growth-bench.ts';
import { measureScim, reportScim } from './scim-bench.ts';
import { measureStart, reportStart } from './start-bench.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Figures without the machine they were seen on say nothing. */
const machine = (): object => ({ node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model ?? 'unknown', load: loadavg().map((load) => Number(load.toFixed(2))) });

const SECTIONS: Readonly<Record<Section, (given: BenchArguments, closers: Closers) => Promise<{ readonly figures: unknown; readonly report: string }>>> = {
  start: async (_given, closers) => {
    const figures = await measureStart(closers);
    return { figures, report: reportStart(figures) };
  },
  scim: async (given, closers) => {
    const figures = await measureScim(given, closers);
    return { figures, report: reportScim(figures, given) };
  },
  growth: async (given, closers) => {
    const figures = await measureGrowth(given, closers);
    return { figures, report: reportGrowth(figures) };
  },
};

async function run(given: BenchArguments, closers: Closers): Promise<void> {
  const before = machine();
  const figures: Record<string, unknown> = {};
  if (!given.json) say(JSON.stringify(before));
  for (const section of given.sections) {
    const measured = await SECTIONS[section](given, closers);
    // What one section started must not share the machine with the next.
    await closers.closeAll();
    figures[section] = measured.figures;
    if (!given.json) say(`\n${measured.report}`);
  }
  if (given.json) say(JSON.stringify({ machine: before, loadAfter: loadavg(), ...figures }, undefined, 2));
}

const closers = new Closers();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Not `once`: a second Ctrl-C must not leave processes behind.
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    void closers.closeAll().finally(() => process.exit(130));
  });
}
try {
  const given = readArguments(process.argv.slice(2));
  if (given.help) say(HELP);
  else await run(given, closers);
} catch (error) {
  if (!interrupted) process.stderr.write(`bench: ${error instanceof TypeError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
} finally {
  if (!interrupted) await closers.closeAll();
}
if (!interrupted) process.exit();
