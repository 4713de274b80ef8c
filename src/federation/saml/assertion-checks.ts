import { DomainError } from '../../platform/errors.ts';
import { checkConfirmation } from './confirmation-checks.ts';
import { instantOf } from './instant.ts';
import { NAME_ID_TRANSIENT, SAML } from './saml-names.ts';
import type { AssertionContext } from './saml-context.ts';
import { attributeOf, childrenOf, elementsOf, textOf, type XmlElement } from './strict-xml.ts';

/** Longer than any provider lets an assertion live; it bounds how long replays must be remembered. */
export const MAX_AGE_MS = 60 * 60_000;

/**
 * What must hold of the signed assertion (SAML Core §2, SAML Profiles §4.1.4). Each check reads the verified element and
 * refuses by a code of its own; the first failure is the one that is reported.
 */
const CHECKS: readonly ((context: AssertionContext) => void)[] = [
  isAssertion,
  issuerIsTheOneExpected,
  issuedLately,
  namesOneSubject,
  checkConfirmation,
  conditionsHold,
  audienceIsUs,
  personWasAuthenticated,
  proofIsFreshEnough,
];

export function checkAssertion(context: AssertionContext): void {
  for (const check of CHECKS) check(context);
}

function isAssertion({ assertion }: AssertionContext): void {
  if (assertion.localName !== 'Assertion' || assertion.namespaceURI !== SAML || attributeOf(assertion, 'Version') !== '2.0' || !attributeOf(assertion, 'ID')) {
    throw new DomainError('unauthenticated', 'federation.saml.not_an_assertion', 'What is signed is no SAML 2.0 assertion.', {
      details: { check: 'signed element', expected: 'saml:Assertion, Version 2.0', actual: assertion.localName.slice(0, 100) },
    });
  }
}

function issuerIsTheOneExpected({ assertion, settings }: AssertionContext): void {
  const issuers = childrenOf(assertion, SAML, 'Issuer');
  const actual = issuers.length === 1 ? textOf(issuers[0] as XmlElement)?.trim() : undefined;
  if (actual !== settings.idpEntityId) {
    throw new DomainError('unauthenticated', 'federation.saml.issuer', 'The assertion is from another identity provider.', {
      details: { check: 'Assertion Issuer', expected: settings.idpEntityId, actual: actual?.slice(0, 500) ?? 'none' },
    });
  }
}

function issuedLately({ assertion, settings, now }: AssertionContext): void {
  const issued = instantOf(assertion, 'IssueInstant');
  const tolerance = settings.clockToleranceSeconds * 1000;
  if (issued === undefined || !(issued <= now + tolerance && issued >= now - tolerance - MAX_AGE_MS)) {
    throw new DomainError('unauthenticated', 'federation.saml.issue_instant', 'The assertion was issued in the future or too long ago.', {
      details: { check: 'IssueInstant', expected: `at most ${MAX_AGE_MS / 60_000} minutes before ${new Date(now).toISOString()}`, actual: attributeOf(assertion, 'IssueInstant') ?? 'none' },
    });
  }
}

/** One subject, one NameID, nothing in it but text: a comment or element inside has been used to cut a name short. */
function namesOneSubject({ assertion }: AssertionContext): void {
  const subjects = elementsOf(assertion).filter(({ localName }) => localName === 'Subject');
  const ids = elementsOf(assertion).filter(({ localName }) => ['NameID', 'EncryptedID', 'BaseID'].includes(localName));
  const [subject] = childrenOf(assertion, SAML, 'Subject');
  const [nameId] = subject === undefined ? [] : childrenOf(subject, SAML, 'NameID');
  const name = nameId === undefined ? undefined : textOf(nameId)?.trim();
  // oxlint-disable-next-line no-control-regex -- a name with control characters would not read as it compares
  if (subjects.length !== 1 || ids.length !== 1 || !name || name.length > 1024 || /[\u0000-\u001f\u007f]/.test(name)) {
    throw new DomainError('unauthenticated', 'federation.saml.name_id', 'The assertion does not name exactly one person in plain text.', {
      details: { check: 'NameID', expected: 'exactly one, text only', actual: `${ids.length} in ${subjects.length} subjects` },
    });
  }
  if (nameId !== undefined && attributeOf(nameId, 'Format') === NAME_ID_TRANSIENT) {
    throw new DomainError('unauthenticated', 'federation.saml.name_id_transient', 'The identity provider names the person anew at every sign-in; a lasting NameID is needed.', {
      details: { check: 'NameID Format', expected: 'persistent, emailAddress or unspecified', actual: NAME_ID_TRANSIENT },
    });
  }
}

/** SAML Core §2.5.1: a condition that is not understood makes the whole assertion undetermined. */
function conditionsHold({ assertion, settings, now }: AssertionContext): void {
  const all = childrenOf(assertion, SAML, 'Conditions');
  const [conditions] = all;
  const unknown = conditions && elementsOf(conditions).find(({ localName }) => !['Conditions', 'AudienceRestriction', 'Audience', 'OneTimeUse', 'ProxyRestriction'].includes(localName));
  if (all.length !== 1 || conditions === undefined || unknown !== undefined) {
    throw new DomainError('unauthenticated', 'federation.saml.conditions', 'The assertion carries no conditions, or some that are not understood.', {
      details: { check: 'Conditions', expected: 'one, of known conditions', actual: unknown?.localName.slice(0, 100) ?? all.length },
    });
  }
  const tolerance = settings.clockToleranceSeconds * 1000;
  const [from, until] = [instantOf(conditions, 'NotBefore'), instantOf(conditions, 'NotOnOrAfter')];
  if (from !== undefined && !(from <= now + tolerance)) {
    throw new DomainError('unauthenticated', 'federation.saml.not_yet_valid', 'The assertion is not valid yet.', {
      details: { check: 'Conditions NotBefore', expected: `at most ${new Date(now + tolerance).toISOString()}`, actual: attributeOf(conditions, 'NotBefore')?.slice(0, 50) },
    });
  }
  if (until !== undefined && !(now - tolerance < until)) {
    throw new DomainError('unauthenticated', 'federation.saml.expired', 'The assertion has expired.', {
      details: { check: 'Conditions NotOnOrAfter', expected: `after ${new Date(now - tolerance).toISOString()}`, actual: attributeOf(conditions, 'NotOnOrAfter')?.slice(0, 50) },
    });
  }
}

/** SAML Core §2.5.1.4: every restriction must hold, and each holds when one of its audiences is us. */
function audienceIsUs({ assertion, entityId }: AssertionContext): void {
  const restrictions = childrenOf(assertion, SAML, 'Conditions').flatMap((conditions) => childrenOf(conditions, SAML, 'AudienceRestriction'));
  const audiences = restrictions.map((restriction) => childrenOf(restriction, SAML, 'Audience').map((audience) => textOf(audience)?.trim() ?? ''));
  if (audiences.length === 0 || !audiences.every((names) => names.includes(entityId))) {
    throw new DomainError('unauthenticated', 'federation.saml.audience', 'The assertion is meant for another service provider.', {
      details: { check: 'Audience', expected: entityId, actual: audiences.flat().slice(0, 10).map((name) => name.slice(0, 300)) },
    });
  }
}

function personWasAuthenticated({ assertion, settings, now }: AssertionContext): void {
  const [statement] = childrenOf(assertion, SAML, 'AuthnStatement');
  const tolerance = settings.clockToleranceSeconds * 1000;
  const instant = statement && instantOf(statement, 'AuthnInstant');
  if (statement === undefined || instant === undefined || !(instant <= now + tolerance)) {
    throw new DomainError('unauthenticated', 'federation.saml.authn_statement', 'The assertion does not say when the person proved who they are.', {
      details: { check: 'AuthnStatement', expected: 'one, of the past', actual: (statement && attributeOf(statement, 'AuthnInstant')) ?? 'none' },
    });
  }
  const ends = instantOf(statement, 'SessionNotOnOrAfter');
  if (ends !== undefined && !(now - tolerance < ends)) {
    throw new DomainError('unauthenticated', 'federation.saml.session_ended', 'The session at the identity provider has already ended.', {
      details: { check: 'SessionNotOnOrAfter', expected: `after ${new Date(now - tolerance).toISOString()}`, actual: attributeOf(statement, 'SessionNotOnOrAfter')?.slice(0, 50) },
    });
  }
}

/** Age counts from when we asked, so that a person who reads slowly is not refused. */
function proofIsFreshEnough({ assertion, pending, settings }: AssertionContext): void {
  const maxAge = pending?.memory.maxAge;
  if (pending === undefined || typeof maxAge !== 'number') return;
  const [statement] = childrenOf(assertion, SAML, 'AuthnStatement');
  const instant = (statement && instantOf(statement, 'AuthnInstant')) ?? 0;
  const oldest = pending.createdAt - (maxAge + settings.clockToleranceSeconds) * 1000;
  if (!(instant >= oldest)) {
    throw new DomainError('unauthenticated', 'federation.saml.authentication_age', 'The identity provider did not ask the person to prove who they are again.', {
      details: { check: 'AuthnInstant', expected: `at least ${new Date(oldest).toISOString()}`, actual: (statement && attributeOf(statement, 'AuthnInstant')) ?? 'none' },
    });
  }
}
