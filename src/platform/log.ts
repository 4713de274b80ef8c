import { pino, stdSerializers, type Bindings, type Logger } from 'pino';
import type { Clock } from './clock.ts';
import { redactError, redactFields, redactText } from './redaction.ts';
import type { Settings } from './settings.ts';

/** Where the hub says what it does. A request's log is a child with its `requestId`. */
export type Log = Logger;

/** Where lines go; standard output unless a test wants them. */
export interface LogDestination {
  write(line: string): void;
}

export interface LogOptions {
  readonly level: Settings['logLevel'];
  readonly format: Settings['logFormat'];
  readonly clock: Clock;
  readonly destination?: LogDestination;
}

const standardOutput: LogDestination = { write: (line) => void process.stdout.write(line) };

interface Line {
  readonly time: string;
  readonly level: string;
  readonly msg?: string;
  readonly err?: { readonly stack?: string };
}

const shown = (value: unknown): string => (typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value));

/** `2030-01-01T00:00:00.000Z INFO listening port=3000`, with the stack of an error below. */
function textLine(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Line;
  const details = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`);
  const head = [time, level.toUpperCase().padEnd(5), ...(msg === undefined ? [] : [msg]), ...details].join(' ').trimEnd();
  return `${head}\n${err === undefined ? '' : `${err.stack ?? JSON.stringify(err)}\n`}`;
}

/**
 * Makes the log of a process. Secrets are removed twice: fields by their names before they are written, and from the
 * finished line whatever looks like a credential.
 */
export function createLog({ level, format, clock, destination = standardOutput }: LogOptions): Log {
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: (error: unknown) => (error instanceof Error ? redactError(stdSerializers.err(error)) : error) },
      hooks: { streamWrite: redactText },
    },
    format === 'text' ? { write: (line: string) => destination.write(textLine(line)) } : destination,
  );
  // pino hands the fields of a child to no formatter. Children inherit this method from the root.
  // oxlint-disable-next-line typescript/unbound-method -- called below with the logger it is asked of
  const { child } = log;
  log.child = function redactedChild(this: Log, bindings: Bindings) {
    return child.call(this, redactFields(bindings));
  } as Log['child'];
  return log;
}
