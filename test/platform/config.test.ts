import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaFaults, settingSchemas } from '#hub/platform/config-schema.js';
import { describeConfig, loadConfig, type SettingFault } from '#hub/platform/config.js';
import { DomainError } from '#hub/platform/errors.js';

const SECRET = Buffer.alloc(32, 7).toString('base64');
const root = join(import.meta.dirname, '../../..');

function faultsOf(act: () => unknown): readonly SettingFault[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).to.equal('config.invalid');
    return error.details['faults'] as readonly SettingFault[];
  }
  return [];
}

/** Any sequence of UTF-16 units: control characters and broken surrogate pairs too. */
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

describe('configuration', () => {
  it('needs no variable at all', () => {
    const config = loadConfig({});
    expect(config).to.include({ port: 3000, publicUrl: 'http://localhost:3000', dataDir: '.data', databaseUrl: undefined, databasePoolSize: 8 });
    expect(config).to.include({ userMgmtEnforce: true, userMgmtRlsEnforce: true, allowPrivateUpstreams: false });
  });

  it('is described by a valid JSON Schema', () => {
    const ajv = new Ajv2020();
    expect(ajv.validateSchema(JSON.parse(readFileSync(join(root, 'config/schema.json'), 'utf8')) as object), ajv.errorsText()).to.equal(true);
  });

  it('has a type for every setting of the schema, and a setting for every field of the type', () => {
    const text = readFileSync(join(root, 'src/platform/settings.ts'), 'utf8');
    const fields = new Map([...(text.split('}')[0] ?? '').matchAll(/readonly (\w+): ([^;]+);/g)].map((match) => [match[1], match[2] ?? '']));
    expect([...fields.keys()]).to.deep.equal(settingSchemas.map(([name]) => name));
    for (const [name, schema] of settingSchemas) {
      const plain = { integer: 'number', boolean: 'boolean', array: 'readonly string[]', string: 'string' }[schema.type];
      const type = schema.enum ? schema.enum.map((word) => `'${word}'`).join(' | ') : plain;
      expect(fields.get(name)?.replace(' | undefined', ''), name).to.equal(type);
      if (schema.default !== undefined) expect(fields.get(name), name).not.to.contain('undefined');
    }
  });

  it('has defaults and examples that the schema accepts, and lists every default in default.json', () => {
    const defaults = Object.fromEntries(settingSchemas.filter(([, schema]) => schema.default !== undefined).map(([name, schema]) => [name, schema.default]));
    expect(schemaFaults(defaults)).to.deep.equal([]);
    expect(JSON.parse(readFileSync(join(root, 'config/default.json'), 'utf8'))).to.deep.equal(defaults);
    for (const [name, schema] of settingSchemas) for (const example of schema.examples ?? []) expect(schemaFaults({ [name]: example }), name).to.deep.equal([]);
  });

  it('gives every setting a variable of its own, a title and a description', () => {
    const variables = settingSchemas.map(([, schema]) => schema['x-env']);
    expect(new Set(variables).size).to.equal(variables.length);
    for (const [name, schema] of settingSchemas) expect(schema.title.length * schema.description.length, name).to.be.greaterThan(0);
  });

  it('reports every fault at once, each with its variable', () => {
    const faults = faultsOf(() =>
      loadConfig({ PORT: '70000', LOG_LEVEL: 'loud', USER_MGMT_CORE: 'maybe', DATABASE_POOL_SIZE: 'many', DATABASE_URL: 'postgres://db/hub', PUBLIC_URL: 'ftp://x' }),
    );
    expect(faults.map(({ variable }) => variable).sort()).to.deep.equal([
      'DATABASE_POOL_SIZE',
      'GATEHOUSE_SECRET',
      'LOG_LEVEL',
      'PORT',
      'PUBLIC_URL',
      'USER_MGMT_CORE',
    ]);
    expect(faults.find(({ variable }) => variable === 'LOG_LEVEL')?.message).to.equal(
      'must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
    );
  });

  it('takes an empty variable for a fault, whatever its type', () => {
    for (const [, schema] of settingSchemas)
      for (const text of ['', '  ']) expect(faultsOf(() => loadConfig({ [schema['x-env']]: text })).map(({ variable }) => variable)).to.include(schema['x-env']);
  });

  it('reads flags by six words in any case', () => {
    for (const word of ['0', 'false', 'off', 'OFF']) expect(loadConfig({ USER_MGMT_UI: word }).userMgmtUi).to.equal(false);
    for (const word of ['1', 'true', 'on', 'True']) expect(loadConfig({ ALLOW_PRIVATE_UPSTREAMS: word }).allowPrivateUpstreams).to.equal(true);
    for (const word of ['yes', 'no', '2', 'constructor']) expect(faultsOf(() => loadConfig({ USER_MGMT_UI: word }))).to.have.length(1);
  });

  it('lets row-level security inherit from enforcement until it is set itself', () => {
    expect(loadConfig({ USER_MGMT_ENFORCE: '0' }).userMgmtRlsEnforce).to.equal(false);
    expect(loadConfig({ USER_MGMT_ENFORCE: '0', USER_MGMT_RLS_ENFORCE: '1' }).userMgmtRlsEnforce).to.equal(true);
  });

  it('reads lifetimes with a unit, and a unit only there', () => {
    expect(loadConfig({ ACCESS_TOKEN_TTL: '15m', REFRESH_TOKEN_TTL: '30d', SESSION_TTL: '7200' })).to.include({
      accessTokenTtl: 900,
      refreshTokenTtl: 2_592_000,
      sessionTtl: 7200,
    });
    expect(faultsOf(() => loadConfig({ PORT: '30m' }))).to.have.length(1);
    expect(faultsOf(() => loadConfig({ ACCESS_TOKEN_TTL: '1w' }))).to.have.length(1);
  });

  it('normalises the public URL', () => {
    for (const [given, expected] of [
      ['https://ID.Example.com/', 'https://id.example.com'],
      ['https://id.example.com:443/hub//', 'https://id.example.com/hub'],
      ['http://[::1]:8080', 'http://[::1]:8080'],
    ] as const)
      expect(loadConfig({ PUBLIC_URL: given }).publicUrl).to.equal(expected);
    expect(loadConfig({ PORT: '8080' }).publicUrl).to.equal('http://localhost:8080');
    for (const wrong of ['id.example.com', 'https://u:p@x', 'https://x?a=1', 'https://x#a', 'javascript:alert(1)', 'https://a b'])
      expect(faultsOf(() => loadConfig({ PUBLIC_URL: wrong })), wrong).to.have.length(1);
  });

  it('lets the owner connection default to the ordinary one', () => {
    const config = loadConfig({ DATABASE_URL: 'postgres://a@db/hub', GATEHOUSE_SECRET: SECRET });
    expect(config.databaseOwnerUrl).to.equal('postgres://a@db/hub');
    expect(faultsOf(() => loadConfig({ DATABASE_OWNER_URL: 'postgres://a@db/hub' }))).to.have.length(1);
  });

  it('takes only secrets of 32 bytes, and never prints one', () => {
    for (const wrong of ['hunter2', SECRET.slice(1), `${SECRET}=`]) {
      const faults = faultsOf(() => loadConfig({ GATEHOUSE_SECRET: wrong, GATEHOUSE_PREVIOUS_SECRETS: wrong, DATABASE_URL: `mysql://u:${wrong}@db` }));
      expect(faults).to.have.length(3);
      expect(JSON.stringify(faults)).not.to.contain(wrong);
    }
    const config = loadConfig({ GATEHOUSE_SECRET: SECRET, GATEHOUSE_PREVIOUS_SECRETS: SECRET, DATABASE_URL: 'postgres://u:hunter2@db/hub?password=hunter2' });
    const text = JSON.stringify(describeConfig(config));
    expect(text).not.to.contain(SECRET).and.not.to.contain('hunter2');
    expect(text).to.contain('postgres://db/hub');
  });

  it('reports what other rooms find wrong with their settings together with the rest', () => {
    const faults = faultsOf(() => loadConfig({ OIDC_GROUP_ROLE_MAP: 'a', PORT: 'x' }, { oidcGroupRoleMap: () => ['first', 'second'] }));
    expect(faults).to.have.length(3);
  });

  it('is frozen to the bottom', () => {
    const config = loadConfig({});
    for (const part of [config, config.sources, config.previousSecrets]) expect(Object.isFrozen(part)).to.equal(true);
  });

  it('survives any text in any variable', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settingSchemas.map(([, schema]) => schema['x-env'])), anyText, (variable, text) => {
        for (const fault of faultsOf(() => loadConfig({ [variable]: text }))) expect(fault.message).not.to.equal('');
      }),
    );
  });
});

describe('settings file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
  after(() => rmSync(directory, { recursive: true }));
  const file = (text: string): string => {
    const path = join(directory, 'gatehouse.json');
    writeFileSync(path, text);
    return path;
  };

  it('stands below the environment and above the defaults, and each value tells its source', () => {
    const config = loadConfig({ GATEHOUSE_CONFIG: file('{"port": 4000, "logLevel": "debug"}'), PORT: '5000' });
    expect(config).to.include({ port: 5000, logLevel: 'debug', logFormat: 'json' });
    expect(config.sources).to.include({ port: 'environment', logLevel: 'file', logFormat: 'default' });
  });

  it('is refused with every fault when it is missing, broken or names what nobody knows', () => {
    expect(faultsOf(() => loadConfig({ GATEHOUSE_CONFIG: join(directory, 'none') }))).to.have.length(1);
    expect(faultsOf(() => loadConfig({ GATEHOUSE_CONFIG: file('[]') }))).to.have.length(1);
    expect(faultsOf(() => loadConfig({ GATEHOUSE_CONFIG: file('{"__proto__": 1, "prot": 2, "port": "3000"}') }))).to.have.length(3);
    expect(JSON.stringify(faultsOf(() => loadConfig({ GATEHOUSE_CONFIG: file('{"secret": "hunter2') })))).not.to.contain('hunter2');
  });
});
