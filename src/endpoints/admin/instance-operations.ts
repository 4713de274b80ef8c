import { appendAudit, type AuditEvent } from '../../domain/audit/index.ts';
import { describeConfig } from '../../platform/config.ts';
import type { Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { operatorOperation } from './admin-operation.ts';
import { configSchema, databaseStatusSchema, keysSchema, preparedSchema, rowSecuritySchema } from './instance-schemas.ts';

const tag = 'installation';

const showConfig = ({ config }: AdminDependencies): Operation =>
  operatorOperation(
    { id: 'showConfig', method: 'get', path: '/admin/config', tag, summary: 'Shows every setting, where it comes from, and no secret.', answer: { status: 200, description: 'All settings.', schema: configSchema } },
    async () => ({ items: describeConfig(config).map((setting) => ({ ...setting, value: setting.value ?? null })) }),
  );

async function shownKeys({ signingKeys }: AdminDependencies): Promise<object> {
  const keys = await signingKeys.list();
  return { items: keys.map(({ kid, alg, state, changedAt }) => ({ kid, alg, state, changedAt: new Date(changedAt).toISOString() })) };
}

const listKeys = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    { id: 'listKeys', method: 'get', path: '/admin/keys', tag, summary: 'Lists the keys that sign tokens.', answer: { status: 200, description: 'All keys, without their private halves.', schema: keysSchema } },
    () => shownKeys(dependencies),
  );

const rotateKeys = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    {
      id: 'rotateKeys',
      method: 'post',
      path: '/admin/keys/rotate',
      tag,
      summary: 'Makes a new key for every algorithm: shown first, signing after the usual time.',
      body: {
        type: 'object',
        additionalProperties: false,
        properties: { immediately: { type: 'boolean', default: false, description: 'Sign with it at once, since the present key must not be used any more.' } },
      },
      answer: { status: 200, description: 'The keys as they are now.', schema: keysSchema },
    },
    async ({ body: { immediately }, requestId }, { actor }) => {
      const event: AuditEvent = { action: 'signing_key.rotated', targetType: 'signing_key', targetId: 'all', details: { immediately }, requestId };
      await dependencies.signingKeys.rotate({ immediately, told: { actor, statements: [appendAudit([event])] } });
      return shownKeys(dependencies);
    },
  );

const enableRowSecurity = ({ database, changes }: AdminDependencies): Operation =>
  operatorOperation(
    {
      id: 'enableRowSecurity',
      method: 'post',
      path: '/admin/postgres/enable-rls',
      tag,
      summary: 'Switches row-level security on, forced, wherever it is not, and reports on every table. May be called again.',
      answer: { status: 200, description: 'What is true of every table now.', schema: rowSecuritySchema },
    },
    async ({ requestId }, { actor }) => {
      const tables = await database.enableRowSecurity();
      const changed = tables.filter((table) => table.changed).map(({ table }) => table);
      if (changed.length > 0) {
        const event = { action: 'row_security.enabled', targetType: 'database', targetId: 'public', details: { tables: changed }, requestId };
        await changes.inInstance(actor, () => Promise.resolve({ result: undefined, events: [event] }));
      }
      return { ok: tables.every(({ faults }) => faults.length === 0), tables };
    },
  );

const prepare = ({ database }: AdminDependencies): Operation =>
  operatorOperation(
    { id: 'preparePostgres', method: 'post', path: '/admin/postgres/prepare', tag, summary: 'Makes sure of extensions and of the partitions of the days to come. May be called again.', answer: { status: 200, description: 'What there is now.', schema: preparedSchema } },
    () => database.prepare(),
  );

const databaseStatus = ({ database }: AdminDependencies): Operation =>
  operatorOperation(
    { id: 'showDatabaseStatus', method: 'get', path: '/status/db', tag, summary: 'Asks the database how it is.', answer: { status: 200, description: 'It answers.', schema: databaseStatusSchema } },
    async () => ({ status: 'ok', ...(await database.status()) }),
  );

/** The installation itself: settings, keys, database. For operators. */
export const instanceOperations = (dependencies: AdminDependencies): Operation[] =>
  [showConfig, listKeys, rotateKeys, enableRowSecurity, prepare, databaseStatus].map((operation) => operation(dependencies));
