const closed = <const R extends readonly string[], const P>(required: R, properties: P) => ({ type: 'object', additionalProperties: false, required, properties }) as const;
const list = <const S>(items: S) => closed(['items'], { items: { type: 'array', items } });
const text = { type: 'string' } as const;

export const configSchema = list(
  closed(['name', 'variable', 'group', 'title', 'value', 'source'], {
    name: text,
    variable: { ...text, description: 'The environment variable.' },
    group: text,
    title: text,
    value: { description: 'Secrets are redacted; null is unset.' },
    source: { type: 'string', enum: ['default', 'file', 'environment'] },
  }),
);

export const keysSchema = list(
  closed(['kid', 'alg', 'state', 'changedAt'], {
    kid: text,
    alg: text,
    state: { type: 'string', enum: ['published', 'signing', 'retired'] },
    changedAt: { type: 'string', format: 'date-time' },
  }),
);

export const rowSecuritySchema = closed(['ok', 'tables'], {
  ok: { type: 'boolean' },
  tables: {
    type: 'array',
    items: closed(['table', 'enabled', 'forced', 'policies', 'changed', 'faults'], {
      table: text,
      enabled: { type: 'boolean' },
      forced: { type: 'boolean' },
      policies: { type: 'integer' },
      changed: { type: 'boolean' },
      faults: { type: 'array', items: text },
    }),
  },
});

export const preparedSchema = closed(['extensions', 'partitionsCreated'], {
  extensions: { type: 'array', items: text },
  partitionsCreated: { type: 'integer' },
});

export const databaseStatusSchema = closed(['status', 'version', 'milliseconds'], {
  status: { const: 'ok' },
  version: text,
  milliseconds: { type: 'number' },
});
