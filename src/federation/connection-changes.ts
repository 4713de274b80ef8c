import { DomainError } from '../platform/errors.ts';
import type { Connection, Protocol, SubjectMatch } from './connection.ts';
import { parseConnectionSettings } from './connection-settings.ts';
import { presetOf, withPreset } from './vendor-presets.ts';

/** A connection with all that administrators decide about it. */
export type AdministeredConnection = Connection & {
  readonly vendor: string;
  readonly jit: boolean;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

export interface NewConnection {
  readonly name: string;
  readonly protocol: Protocol;
  readonly vendor?: string;
  readonly settings?: unknown;
  /** Unset: as the vendor's preset has it. */
  readonly subjectMatch?: SubjectMatch;
  readonly jit?: boolean;
  readonly enabled?: boolean;
}

export interface ConnectionChanges {
  readonly name?: string;
  readonly vendor?: string;
  /** Laid over the present ones, one level deep; `null` takes a setting back to its default. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly subjectMatch?: SubjectMatch;
  readonly jit?: boolean;
  readonly enabled?: boolean;
}

/** What is decided of a connection, checked and complete: ready to be stored. */
export type DecidedConnection = Pick<AdministeredConnection, 'name' | 'protocol' | 'vendor' | 'settings' | 'subjectMatch' | 'jit' | 'enabled'>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const ID_SHAPED = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function checkName(name: string): string {
  if (NAME.test(name) && !ID_SHAPED.test(name)) return name;
  throw new DomainError('invalid', 'federation.name_invalid', 'A name has 1 to 63 letters, digits, dots, hyphens and underscores, and is not shaped like an id.');
}

/** Decides what a new connection is: the vendor's preset under what was asked for. */
export function decideNew(wanted: NewConnection): DecidedConnection {
  const { protocol, vendor = 'generic' } = wanted;
  const preset = protocol === 'scim-only' ? undefined : presetOf(protocol, vendor);
  const settings = protocol === 'scim-only' ? wanted.settings : withPreset(protocol, vendor, wanted.settings ?? {});
  return {
    name: checkName(wanted.name),
    protocol,
    vendor,
    settings: parseConnectionSettings(protocol, settings),
    subjectMatch: wanted.subjectMatch === undefined ? (preset?.subjectMatch ?? null) : wanted.subjectMatch,
    jit: wanted.jit ?? true,
    enabled: wanted.enabled ?? true,
  };
}

/** Decides what a connection becomes. Secrets that are not mentioned stay. */
export function decideChanged(current: AdministeredConnection, changes: ConnectionChanges): DecidedConnection {
  const merged = { ...current.settings, ...changes.settings };
  const settings = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  return {
    name: changes.name === undefined ? current.name : checkName(changes.name),
    protocol: current.protocol,
    vendor: changes.vendor ?? current.vendor,
    settings: parseConnectionSettings(current.protocol, settings),
    subjectMatch: changes.subjectMatch === undefined ? current.subjectMatch : changes.subjectMatch,
    jit: changes.jit ?? current.jit,
    enabled: changes.enabled ?? current.enabled,
  };
}
