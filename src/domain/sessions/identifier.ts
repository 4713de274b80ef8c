import { readDomainName } from '../../platform/domain-name.ts';

/** RFC 5321 §4.5.3.1: no mailbox is longer, and no user name needs to be. */
const LONGEST_IDENTIFIER = 320;

/** What a person typed or an application hinted at, if it can be the name of anybody at all. */
export function readIdentifier(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_IDENTIFIER) return undefined;
  const text = value.trim();
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text === '' || /[\u0000-\u001F\u007F]|\p{Surrogate}/u.test(text) ? undefined : text;
}

/** The domain of an e-mail address, folded as proved domains are stored. */
export function domainOf(identifier: unknown): string | undefined {
  const text = readIdentifier(identifier) ?? '';
  const at = text.lastIndexOf('@');
  return at > 0 ? readDomainName(text.slice(at + 1)) : undefined;
}
