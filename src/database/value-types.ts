import { types, type CustomTypesConfig } from 'pg';

type Parser = (text: string) => unknown;
/** The published type lists the built-in types by number; extensions have others, which stay text. */
const builtIn = types.getTypeParser as (oid: number) => Parser;

/** Beyond 2^53 a number would silently lose digits. */
const parseInt8: Parser = (text) => {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
};
const asText: Parser = (text) => text;

const INT8 = 20;
const DATE = 1082;
const own = new Map<number, Parser>([
  [INT8, parseInt8],
  // a calendar day has no instant: as a Date it would move with the time zone of this process
  [DATE, asText],
]);

/** How one column type of a text-format row becomes a value; the same for batches and administrative queries. */
export function parserFor(oid: number): Parser {
  return own.get(oid) ?? builtIn(oid);
}

/** The same rules in the form `pg` expects per query. */
export const valueTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number) => parserFor(oid)) as typeof types.getTypeParser,
};
