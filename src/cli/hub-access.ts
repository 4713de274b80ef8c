import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../platform/environment.ts';
import { CliError } from './cli-error.ts';

/** Which hub, and by which right. */
export interface HubAccess {
  readonly url: string;
  readonly token: string;
  /** Where the token came from, for the message when it is refused. */
  readonly tokenSource: string;
}

function urlFrom(environment: Environment): string {
  const given = environment['GATEHOUSE_URL'];
  const text = given ?? `http://localhost:${environment['PORT'] ?? '3000'}`;
  const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isAddress && given === undefined) throw new CliError(`PORT must be the number of a port, not ${JSON.stringify(environment['PORT'])}.`);
  if (!isAddress) throw new CliError(`GATEHOUSE_URL must be an http or https address, not ${JSON.stringify(text)}.`);
  return text.replace(/\/+$/, '');
}

/** A header can hold no other characters, and would fail far from here. */
function tokenFrom(text: string, source: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new CliError(`What stands in ${source} is no token: it must be one line without blanks.`);
}

const isThisHost = (url: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** `GATEHOUSE_URL` and `GATEHOUSE_TOKEN`; on the hub's own host its port and the token of its first start will do. */
export function hubAccess(environment: Environment): HubAccess {
  const url = urlFrom(environment);
  const given = environment['GATEHOUSE_TOKEN'];
  if (given !== undefined && given !== '') return { url, token: tokenFrom(given, 'GATEHOUSE_TOKEN'), tokenSource: 'GATEHOUSE_TOKEN' };
  // The token of a hub that happens to run here must not be sent to another one, whoever runs that.
  if (!isThisHost(url)) throw new CliError(`${url} is not on this host: set GATEHOUSE_TOKEN to a token of that hub.`);
  const path = join(environment['DATA_DIR'] ?? '.data', 'admin-token');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`There is no operator's token: set GATEHOUSE_TOKEN, or run this where the hub's DATA_DIR is (${path} cannot be read).`, { cause: error });
  }
  return { url, token: tokenFrom(text, path), tokenSource: path };
}
