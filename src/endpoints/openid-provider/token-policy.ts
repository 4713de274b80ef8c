import type { ClientSource } from './client-source.ts';
import type { MemberFacts } from './member-facts.ts';
import type { Client, KoaContextWithOIDC } from './provider-package.ts';

export interface TokenPolicyInput {
  readonly clients: Pick<ClientSource, 'find'>;
  /** Whom the token speaks of, as a refresh would see them now; undefined for whoever it would refuse. */
  readonly currentMember: (context: KoaContextWithOIDC, accountId: string, token: IntrospectedToken) => Promise<MemberFacts | undefined>;
}

/** What is looked at of a token, whichever kind it is. */
export interface IntrospectedToken {
  readonly kind?: string;
  readonly clientId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly aud?: string | string[] | undefined;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Who may ask about a token (RFC 7662 §2.1): its own application, and APIs of its organization or of the whole instance,
 * of a token for one API that API alone (§4); never a public client, which cannot prove who it is. A person's token that
 * says less than what holds now, because roles or status changed since, is not active any more: the application refreshes
 * and gets one that is right. An application's own token ends with the epoch that it was given in.
 */
export function introspectionPolicy({ clients, currentMember }: TokenPolicyInput) {
  return async (context: KoaContextWithOIDC, client: Client, token: IntrospectedToken): Promise<boolean> => {
    if (client.tokenEndpointAuthMethod === 'none' || token.clientId === undefined) return false;
    const orgId = typeof token.extra?.org_id === 'string' ? token.extra.org_id : undefined;
    // A token ends with its application, and that one with its organization.
    const application = await clients.find(token.clientId);
    if (application === undefined) return false;
    if (token.clientId !== client.clientId) {
      const caller = await clients.find(client.clientId);
      const api = caller?.metadata.api_identifier;
      if (api === undefined || (token.aud !== undefined && token.aud !== api)) return false;
      if (token.kind === 'RefreshToken' || (caller?.orgId !== undefined && caller.orgId !== orgId)) return false;
    }
    if (token.kind === 'ClientCredentials') return token.extra?.epoch === application.epoch;
    if (token.accountId === undefined || token.kind !== 'AccessToken') return true;
    const member = await currentMember(context, token.accountId, token);
    return member !== undefined && member.orgId === orgId && member.epoch === token.extra?.epoch;
  };
}
