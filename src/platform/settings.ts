/** Every setting of the hub, checked. `config/schema.json` explains each; a test holds the two lists together. */
export interface Settings {
  readonly port: number;
  readonly host: string | undefined;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly trustedProxyHops: number;
  readonly databaseUrl: string | undefined;
  readonly databaseOwnerUrl: string | undefined;
  readonly databasePoolSize: number;
  readonly secret: string | undefined;
  readonly previousSecrets: readonly string[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly logFormat: 'json' | 'text';
  readonly userMgmtCore: boolean;
  readonly userMgmtUi: boolean;
  readonly userMgmtEnforce: boolean;
  readonly userMgmtRlsEnforce: boolean;
  readonly oidcGroupRoleMap: string | undefined;
  readonly oidcGroupRoleDefaults: string | undefined;
  readonly oidcUserinfoEndpoint: string | undefined;
  readonly oidcDisplayNameClaim: string;
  readonly allowPrivateUpstreams: boolean;
  readonly scimMaxBodyBytes: number;
  readonly scimMaxPage: number;
  readonly scimBulkMaxOperations: number;
  readonly scimRateLimitPerSecond: number;
  readonly accessTokenTtl: number;
  readonly idTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly clientCredentialsTtl: number;
  readonly authorizationCodeTtl: number;
  readonly interactionTtl: number;
  readonly sessionTtl: number;
}

export type SettingName = keyof Settings;

/** Where a value came from; a computed default counts as default. */
export type SettingSource = 'default' | 'file' | 'environment';

/** The settings of one process: checked, frozen, each with its source. */
export interface Config extends Settings {
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
}
