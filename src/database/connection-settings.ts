import { Client, type ClientConfig } from 'pg';
import { valueTypes } from './value-types.ts';

export interface ConnectionRequest {
  readonly url: string;
  readonly applicationName: string;
  /** Server settings of the session, sent with the connection request so that no query runs without them. */
  readonly settings: Readonly<Record<string, string>>;
}

const OPTIONS_IN_URL = /[?&]options=([^&]*)/;

/** `-c name=value` pairs; a blank or backslash in a value is escaped as the server's option parser expects. */
const renderSettings = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, (character) => `\\${character}`)}`)
    .join(' ');

/**
 * What `pg` needs to connect. Options in the address would replace ours, and with them the role that row-level security
 * depends on: they are taken out of it and put first, so that ours win.
 */
export function connectionConfig(request: ConnectionRequest): ClientConfig {
  const inUrl = OPTIONS_IN_URL.exec(request.url)?.[1];
  const theirs = inUrl === undefined ? '' : `${decodeURIComponent(inUrl.replaceAll('+', ' '))} `;
  const connectionString = request.url.replace(/([?&])options=[^&]*&?/, '$1').replace(/[?&]$/, '');
  return {
    connectionString,
    application_name: request.applicationName,
    options: `${theirs}${renderSettings(request.settings)}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: valueTypes,
  };
}

/** The login named in an address, without connecting. */
export const loginOf = (url: string): string => new Client(connectionConfig({ url, applicationName: 'gatehouse', settings: {} })).user ?? '';

/** Shared by every session: times come back in UTC, and nothing waits for ever. */
export const SESSION_SETTINGS = { TimeZone: 'UTC', statement_timeout: '30s', idle_in_transaction_session_timeout: '30s' } as const;
