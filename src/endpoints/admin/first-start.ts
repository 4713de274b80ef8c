import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../platform/error-code.ts';
import { DomainError } from '../../platform/errors.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { foundOrganization } from './found-organization.ts';

export const ADMIN_TOKEN_FILE = 'admin-token';
/** The token that the hub makes for itself, told apart from those that people make. */
const FIRST_TOKEN = 'first start';
const ACTOR = 'system';

/** The organization that those belong to of whom nothing else is said; made at the first start. */
export async function ensureDefaultOrganization(dependencies: Pick<AdminDependencies, 'changes' | 'organizations' | 'connections'>): Promise<void> {
  const { organizations } = dependencies;
  if (await organizations.hasDefault()) return;
  try {
    await foundOrganization(dependencies, { slug: 'default', name: 'Default organization', isDefault: true, actor: ACTOR });
  } catch (error) {
    // Another node may have been faster.
    if (!(await organizations.hasDefault())) throw error;
  }
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Makes sure that `admin-token` in the data directory holds an operator's token, readable by its owner alone. One that the
 * database knows stays, also when somebody has revoked it; a file that is missing or of another database is written anew.
 * @returns the path of the file
 */
export async function ensureOperatorToken(
  { operatorTokens, changes }: Pick<AdminDependencies, 'operatorTokens' | 'changes'>,
  dataDir: string,
): Promise<string> {
  const path = join(dataDir, ADMIN_TOKEN_FILE);
  try {
    const present = await readToken(path);
    if (present !== undefined && (await operatorTokens.isKnown(present))) return path;
    await changes.inInstance(ACTOR, async (tx) => {
      const { id, token } = await operatorTokens.create(tx, FIRST_TOKEN);
      const draft = `${path}.${process.pid}`;
      await writeFile(draft, `${token}\n`, { mode: 0o600, flush: true });
      await rename(draft, path);
      return { result: undefined, events: [{ action: 'operator_token.created', targetType: 'operator_token', targetId: id, details: { file: path } }] };
    });
    return path;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DomainError('unavailable', 'admin.token_file', `The operator's token cannot be written to ${path}: ${reason}`, { cause: error });
  }
}
