/**
 * The key under which a case-insensitive name is stored and looked up: NFC, lower case. Made here and nowhere else, so
 * that the database only ever compares bytes (collation "C"), which is what may use an index under row-level security.
 */
export const foldKey = (text: string): string => text.normalize('NFC').toLowerCase();
