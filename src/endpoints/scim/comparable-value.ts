import type { AttributeDefinition } from './attribute-definition.ts';

/** Text as it is compared when case does not matter. Whoever stores folded keys must fold them with this. */
export const foldCase = (text: string): string => text.toLowerCase();

/**
 * Orders by code point, as PostgreSQL's "C" collation orders UTF-8. Plain `<` compares UTF-16 units and puts
 * characters beyond the basic plane before U+E000.
 */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return weight(a) - weight(b);
  }
  return left.length - right.length;
}

/** Moves surrogates above the rest of the basic plane. */
const weight = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** xsd:dateTime with a zone (RFC 7643 §2.3.5); a bare date or a time without zone is read as UTC, as Date does for dates. */
const DATE_TIME = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?$/;

/** Milliseconds since the epoch, or undefined when the text is no date. */
export function instantOf(text: string): number | undefined {
  if (text.length > 40 || !DATE_TIME.test(text)) return undefined;
  const zoned = text.length === 10 || /(?:[Zz]|[+-]\d\d:\d\d)$/.test(text.slice(10)) ? text : `${text}Z`;
  const instant = Date.parse(zoned.toUpperCase());
  return Number.isNaN(instant) ? undefined : instant;
}

/** A stored value as its attribute compares it: text folded unless case matters, dates as instants. */
export function comparable(attribute: AttributeDefinition, value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string') {
    if (attribute.type === 'dateTime') return instantOf(value);
    return attribute.caseExact ? value : foldCase(value);
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
