import { attributeOf, type XmlElement } from './strict-xml.ts';

/**
 * A time attribute in milliseconds since the epoch (SAML Core §1.3.3: xs:dateTime in UTC). One that is there but cannot be read
 * is not the same as one that is absent: it becomes NaN, with which no comparison that lets something pass holds.
 */
export function instantOf(element: XmlElement, name: string): number | undefined {
  const value = attributeOf(element, name);
  if (value === undefined) return undefined;
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(value) ? Date.parse(value) : Number.NaN;
}
