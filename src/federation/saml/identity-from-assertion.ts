import type { SamlConnection } from '../connection.ts';
import { groupsFromList } from '../groups-statement.ts';
import type { GroupsStatement, Identity } from '../identity.ts';
import { keepClaims, textClaim } from '../plain-claims.ts';
import { MAX_AGE_MS } from './assertion-checks.ts';
import { bearerData } from './confirmation-checks.ts';
import { instantOf } from './instant.ts';
import { SAML } from './saml-names.ts';
import { attributeOf, childrenOf, textOf, type XmlElement } from './strict-xml.ts';

/** Entra ID sends this in place of a group list that does not fit. */
const OVERAGE_LINK = 'http://schemas.microsoft.com/claims/groups.link';

/** Attribute values by name, and by friendly name where that names nothing else. */
export type SamlAttributes = ReadonlyMap<string, readonly string[]>;

/** A verified and checked assertion in the hub's own words. */
export function identityFromAssertion(connection: SamlConnection, assertion: XmlElement): Identity {
  const { settings } = connection;
  const attributes = readAttributes(assertion);
  const [subject] = childrenOf(assertion, SAML, 'Subject');
  const [nameIdElement] = subject === undefined ? [] : childrenOf(subject, SAML, 'NameID');
  const nameId = (nameIdElement && textOf(nameIdElement)?.trim()) ?? '';
  const nameIdFormat = nameIdElement && attributeOf(nameIdElement, 'Format');
  const [statement] = childrenOf(assertion, SAML, 'AuthnStatement');
  const text = (names: readonly string[]): string | undefined => names.map((name) => textClaim(firstValues(attributes), name)).find((value) => value !== undefined);
  const [email, displayName, userName] = [text(settings.attributes.email), text(settings.attributes.displayName), text(settings.attributes.userName)];
  const acr = statement && contextClass(statement);
  const authenticatedAt = statement && instantOf(statement, 'AuthnInstant');
  const sessionIndex = statement && attributeOf(statement, 'SessionIndex');
  const match = connection.subjectMatch === null ? [] : [connection.subjectMatch.claim];
  const kept = ['nameId', 'nameIdFormat', ...settings.attributes.email, ...settings.attributes.displayName, ...settings.attributes.userName, ...match, ...settings.extraClaims];
  return {
    connectionId: connection.id,
    issuer: settings.idpEntityId,
    subject: nameId,
    // The subject's own names come last: no attribute may pass itself off as the NameID.
    claims: keepClaims({ ...asClaims(attributes), nameId, nameIdFormat }, kept),
    ...(email !== undefined && { email }),
    ...(displayName !== undefined && { displayName }),
    ...(userName !== undefined && { userName }),
    groups: readGroupAttributes(attributes, settings.attributes.groups, settings.absentGroups),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
    ...(acr !== undefined && { acr }),
    ...(sessionIndex !== undefined && { sessionIndex }),
    ...(nameIdFormat !== undefined && { nameIdFormat }),
  };
}

/** Until when the same assertion could be presented again, and the name to remember it by. */
export function replayOf(connection: SamlConnection, assertion: XmlElement, now: number): { key: string; expiresAt: number } {
  const { settings } = connection;
  const windows = bearerData(assertion).map((data) => instantOf(data, 'NotOnOrAfter') ?? 0);
  const latest = Math.min(Math.max(now, ...windows), now + MAX_AGE_MS);
  return {
    key: `saml:${connection.id}:${settings.idpEntityId}:${attributeOf(assertion, 'ID') ?? ''}`,
    expiresAt: latest + 2 * settings.clockToleranceSeconds * 1000,
  };
}

export function sessionEndOf(assertion: XmlElement): number | undefined {
  const [statement] = childrenOf(assertion, SAML, 'AuthnStatement');
  return statement && instantOf(statement, 'SessionNotOnOrAfter');
}

function readAttributes(assertion: XmlElement): SamlAttributes {
  const byName = new Map<string, string[]>();
  const byFriendlyName = new Map<string, string[]>();
  for (const attribute of childrenOf(assertion, SAML, 'AttributeStatement').flatMap((statement) => childrenOf(statement, SAML, 'Attribute'))) {
    const values = childrenOf(attribute, SAML, 'AttributeValue').flatMap((value) => textOf(value)?.trim() ?? []);
    append(byName, attributeOf(attribute, 'Name'), values);
    append(byFriendlyName, attributeOf(attribute, 'FriendlyName'), values);
  }
  return new Map([...byFriendlyName, ...byName]);
}

function append(map: Map<string, string[]>, name: string | undefined, values: string[]): void {
  if (name !== undefined && name !== '') map.set(name, [...(map.get(name) ?? []), ...values]);
}

/** One value as itself, several as a list: how the other protocol would have said it. */
function asClaims(attributes: SamlAttributes): Record<string, unknown> {
  return Object.fromEntries([...attributes].map(([name, values]) => [name, values.length === 1 ? values[0] : [...values]]));
}

function firstValues(attributes: SamlAttributes): Record<string, unknown> {
  return Object.fromEntries([...attributes].map(([name, values]) => [name, values[0]]));
}

function readGroupAttributes(attributes: SamlAttributes, names: readonly string[], absentMeans: 'unknown' | 'empty'): GroupsStatement {
  const found = names.find((name) => attributes.has(name));
  if (found !== undefined) return groupsFromList([...(attributes.get(found) ?? [])]);
  if (attributes.has(OVERAGE_LINK)) return { state: 'unknown', because: 'overage' };
  return absentMeans === 'empty' ? { state: 'empty' } : { state: 'unknown', because: 'absent' };
}

function contextClass(statement: XmlElement): string | undefined {
  const [context] = childrenOf(statement, SAML, 'AuthnContext');
  const [reference] = context === undefined ? [] : childrenOf(context, SAML, 'AuthnContextClassRef');
  return reference && textOf(reference)?.trim().slice(0, 512);
}
