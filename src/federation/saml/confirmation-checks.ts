import { DomainError } from '../../platform/errors.ts';
import { instantOf } from './instant.ts';
import { sameAddress } from './response-checks.ts';
import { METHOD_BEARER, SAML } from './saml-names.ts';
import type { AssertionContext } from './saml-context.ts';
import { attributeOf, childrenOf, type XmlElement } from './strict-xml.ts';

type Confirmation = AssertionContext & { data: XmlElement };

/** SAML Profiles §4.1.4.2 and §4.1.4.3: what makes a bearer confirmation count. */
const CHECKS: readonly ((confirmation: Confirmation) => void)[] = [recipientIsUs, windowIsOpen, answersTheRequest];

/** At least one bearer confirmation must pass every check; of several that fail, the first one's failure is reported. */
export function checkConfirmation(context: AssertionContext): void {
  const bearers = bearerData(context.assertion);
  let first: unknown;
  for (const data of bearers) {
    try {
      for (const check of CHECKS) check({ ...context, data });
      return;
    } catch (error) {
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
  throw new DomainError('unauthenticated', 'federation.saml.confirmation_method', 'The assertion is not confirmed as a bearer assertion.', {
    details: { check: 'SubjectConfirmation Method', expected: METHOD_BEARER, actual: 'none such with data' },
  });
}

/** The data of every bearer confirmation, in order. */
export function bearerData(assertion: XmlElement): XmlElement[] {
  return childrenOf(assertion, SAML, 'Subject')
    .flatMap((subject) => childrenOf(subject, SAML, 'SubjectConfirmation'))
    .filter((confirmation) => attributeOf(confirmation, 'Method') === METHOD_BEARER)
    .flatMap((confirmation) => childrenOf(confirmation, SAML, 'SubjectConfirmationData').slice(0, 1));
}

function recipientIsUs({ data, acsUrl }: Confirmation): void {
  const recipient = attributeOf(data, 'Recipient');
  if (recipient === undefined || !sameAddress(recipient, acsUrl)) {
    throw new DomainError('unauthenticated', 'federation.saml.recipient', 'The assertion was handed out for another address.', {
      details: { check: 'Recipient', expected: acsUrl, actual: recipient?.slice(0, 500) ?? 'none' },
    });
  }
}

function windowIsOpen({ data, settings, now }: Confirmation): void {
  const tolerance = settings.clockToleranceSeconds * 1000;
  const from = instantOf(data, 'NotBefore');
  const until = instantOf(data, 'NotOnOrAfter');
  const open = until !== undefined && now - tolerance < until && (from === undefined || from <= now + tolerance);
  if (!open) {
    throw new DomainError('unauthenticated', 'federation.saml.confirmation_window', 'The time in which the assertion could be presented is over or has not begun.', {
      details: {
        check: 'SubjectConfirmationData NotOnOrAfter',
        expected: `after ${new Date(now - tolerance).toISOString()}`,
        actual: attributeOf(data, 'NotOnOrAfter')?.slice(0, 50) ?? 'none',
      },
    });
  }
}

/** An assertion that answers a request names it; one that nobody asked for names none. */
function answersTheRequest({ data, pending }: Confirmation): void {
  const actual = attributeOf(data, 'InResponseTo');
  const expected = pending?.memory.requestId;
  if (actual !== expected) {
    throw new DomainError('unauthenticated', 'federation.saml.in_response_to', 'The assertion answers another request.', {
      details: { check: 'SubjectConfirmationData InResponseTo', expected: expected ?? 'none', actual: actual?.slice(0, 200) ?? 'none' },
    });
  }
}
