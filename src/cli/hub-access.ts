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
  const text = environment['GATEHOUSE_URL'] ?? `http://localhost:${environment['PORT'] ?? '3000'}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new CliError(`GATEHOUSE_URL must be an http or https address, not ${JSON.stringify(text)}.`);
  return text.replace(/\/+$/, '');
}

/** `GATEHOUSE_URL` and `GATEHOUSE_TOKEN`; on the hub's own host its port and the token of its first start will do. */
export function hubAccess(environment: Environment): HubAccess {
  const url = urlFrom(environment);
  const given = environment['GATEHOUSE_TOKEN'];
  if (given !== undefined && given !== '') return { url, token: given.trim(), tokenSource: 'GATEHOUSE_TOKEN' };
  const path = join(environment['DATA_DIR'] ?? '.data', 'admin-token');
  try {
    return { url, token: readFileSync(path, 'utf8').trim(), tokenSource: path };
  } catch (error) {
    throw new CliError(`There is no operator's token: set GATEHOUSE_TOKEN, or run this where the hub's DATA_DIR is (${path} cannot be read).`, { cause: error });
  }
}
