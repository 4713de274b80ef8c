import { domainToASCII } from 'node:url';

/** RFC 1035 §2.3.4, without the root's dot. */
export const LONGEST_DOMAIN = 253;

/** `domainToASCII` reads its text as a URL's host: it would drop a port, decode `%61`, skip a tab. None of that is a domain. */
const UNWANTED = /[^a-z0-9.\u0080-\u{10ffff}-]/iu;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one form in which a domain is stored and looked up: the A-labels of UTS #46, in lower case. At least two labels, the last
 * not a number, so that neither a bare host nor an address of any notation passes.
 * @returns undefined when the text is no such domain
 */
export function readDomainName(text: string): string | undefined {
  if (text.length > LONGEST_DOMAIN || UNWANTED.test(text)) return undefined;
  const domain = domainToASCII(text);
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  return domain.length <= LONGEST_DOMAIN && labels.length > 1 && labels.every((label) => LABEL.test(label)) && /[a-z]/.test(last) ? domain : undefined;
}
