import { foldKey } from '../../platform/fold.ts';
import type { AttributeDefinition } from './attribute-definition.ts';

/** Text as it is compared when case does not matter: as the directory folds its keys. */
export const foldCase = foldKey;

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
const DATE_TIME = /^(?!0000)(\d{4})-(\d\d)-(\d\d)(?:[Tt](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;

/** Milliseconds since the epoch, or undefined when the text is no date. `Date` alone takes a 30th of February for March. */
export function instantOf(text: string): number | undefined {
  const [, year, month, day] = (text.length <= 40 && DATE_TIME.exec(text)) || [];
  if (day === undefined || Number(day) > new Date(Date.UTC(Number(year) + 400, Number(month), 0)).getUTCDate()) return undefined;
  const zoned = text.length === 10 || /(?:[Zz]|[+-]\d\d:\d\d)$/.test(text.slice(10)) ? text : `${text}Z`;
  const instant = Date.parse(zoned.toUpperCase());
  return Number.isNaN(instant) ? undefined : instant;
}

/** A stored value as its attribute compares it: text folded unless case matters, dates as instants; of a wrong type, nothing. */
export function comparable(attribute: AttributeDefinition, value: unknown): string | number | boolean | undefined {
  switch (attribute.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
    case 'decimal':
      return typeof value === 'number' ? value : undefined;
    case 'dateTime':
      return typeof value === 'string' ? instantOf(value) : undefined;
    case 'string':
    case 'reference':
    case 'binary':
    case 'complex':
      if (typeof value !== 'string') return undefined;
      return attribute.caseExact ? value : foldCase(value);
  }
}
