import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';

/**
 * Reads every import of `src` and holds it against the table of floors: who may use whom.
 * A room is the first one or two folders of a path; a file's imports may only lead to the rooms listed for it.
 */
const root = join(import.meta.dirname, '../..');
const source = join(root, 'src');

/** Sibling arrows inside `domain/`: the left room may import the right ones. Must stay acyclic. */
const DOMAIN_ARROWS: Record<string, string[]> = {
  accounts: ['organizations'],
  directory: [],
  organizations: [],
  access: ['accounts', 'organizations'],
  credentials: ['accounts', 'organizations'],
  sessions: ['accounts'],
  grants: ['sessions'],
  applications: ['organizations'],
  audit: [],
  journal: [],
  outbox: [],
};

const roomOf = (path: string): string => {
  const parts = path.split('/');
  if (parts.length === 1) return 'top';
  if (['domain', 'endpoints'].includes(parts[0] ?? '')) return `${parts[0]}/${parts[1]}`;
  if (parts[0] === 'federation' && parts.length > 2) return `federation/${parts[1]}`;
  return parts[0] ?? '';
};

const isStore = (path: string): boolean => /-(store|model)\.ts$/.test(path);

function allowed(from: string, to: string): boolean {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === there || ['main.ts', 'app.ts', 'groundwork.ts', 'background-work.ts', 'open-provider.ts'].includes(from)) return true;
  if (here.startsWith('endpoints/') || here === 'cli')
    return there.startsWith('domain/') || there.startsWith('federation') || ['provisioning', 'platform', 'endpoints/http'].includes(there);
  if (here === 'demo') return there === 'platform' || there === 'top' || there === 'cli' || there === 'database';
  if (here === 'provisioning')
    return there.startsWith('domain/') || there === 'platform' || to === 'database/index.ts' || to === 'federation/identity.ts';
  if (here === 'federation') return there === 'platform' || (there === 'database' && isStore(from));
  if (here.startsWith('federation/')) return there === 'platform' || there === 'federation';
  if (here.startsWith('domain/')) {
    if (there === 'platform') return true;
    if (there === 'database') return isStore(from);
    return there.startsWith('domain/') && (DOMAIN_ARROWS[here.slice(7)] ?? []).includes(there.slice(7));
  }
  if (here === 'database') return there === 'platform';
  return false;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('console'))
  .map((name) => name.split(sep).join('/'));

const importsOf = (file: string): string[] =>
  [...readFileSync(join(source, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    posix.normalize(posix.join(dirname(file).split(sep).join('/'), match[1] ?? '')),
  );

const packagesOf = (file: string): string[] =>
  [...readFileSync(join(source, file), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map((match) => match[1] ?? '');

describe('floors', () => {
  it('imports lead only to the rooms that the table allows', () => {
    const wrong = files.flatMap((file) => importsOf(file).filter((to) => !allowed(file, to)).map((to) => `${file} → ${to}`));
    expect(wrong).to.deep.equal([]);
  });

  it('the domain knows neither express nor ajv, and nobody but the configuration reads the environment', () => {
    const wrong = files.filter(
      (file) =>
        (file.startsWith('domain/') && packagesOf(file).some((name) => ['express', 'ajv'].includes(name))) ||
        (file !== 'platform/environment.ts' && readFileSync(join(source, file), 'utf8').includes('process.env')),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('every domain room, and every endpoint, opens with an index that says what it owns', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room.includes('/') || ['database', 'provisioning', 'federation'].includes(room)));
    const silent = [...rooms].filter((room) => {
      const index = `${room}/index.ts`;
      return !files.includes(index) || !readFileSync(join(source, index), 'utf8').trimStart().startsWith('/**');
    });
    expect(silent).to.deep.equal([]);
  });

  it('the sibling arrows of the domain have no cycle', () => {
    const visit = (room: string, path: string[]): void => {
      if (path.includes(room)) throw new Error(`cycle: ${[...path, room].join(' → ')}`);
      for (const next of DOMAIN_ARROWS[room] ?? []) visit(next, [...path, room]);
    };
    expect(() => Object.keys(DOMAIN_ARROWS).forEach((room) => visit(room, []))).not.to.throw();
  });

  it('every setting is read by somebody', () => {
    const { properties } = JSON.parse(readFileSync(join(root, 'config/schema.json'), 'utf8')) as { properties: object };
    const readers = files.filter((file) => !['platform/config.ts', 'platform/settings.ts'].includes(file)).map((file) => readFileSync(join(source, file), 'utf8'));
    const idle = Object.keys(properties).filter((name) => !readers.some((text) => new RegExp(`\\b${name}\\b`).test(text)));
    expect(idle).to.deep.equal([]);
  });

  it('every error code that is thrown is explained in config/errors.json, and none is explained in vain', () => {
    const table = Object.keys(JSON.parse(readFileSync(join(root, 'config/errors.json'), 'utf8')) as object);
    const thrown = new Set(
      files.flatMap((file) =>
        [...readFileSync(join(source, file), 'utf8').matchAll(/new DomainError\(\s*'[a-z-]+',\s*'([a-z0-9_.]+)'/g)].map((match) => match[1] ?? ''),
      ),
    );
    expect([...thrown].filter((code) => !table.includes(code)), 'not explained').to.deep.equal([]);
    expect(table.filter((code) => !thrown.has(code)), 'never thrown').to.deep.equal([]);
  });
});

