import { createHash } from 'node:crypto';
import type { Statement } from '../../database/index.ts';

/** Collects what a statement binds while its text is put together. Every value is bound, so the text shows only the shape. */
export class QueryBindings {
  readonly values: unknown[] = [];
  /** How many resources' JSON texts are looked into: then it is parsed once for all. */
  documents = 0;
  #aliases = 0;

  bind(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }

  alias(prefix: string): string {
    this.#aliases += 1;
    return `${prefix}${this.#aliases}`;
  }
}

const MOST_NAMES = 128;
const LONGEST = 8_000;

/**
 * Names for statements whose shapes clients choose. A prepared statement lives as long as its connection, so only the
 * first shapes of ordinary size get one; what comes after is sent unnamed and costs its planning each time.
 */
export class ShapeNames {
  readonly #names = new Map<string, string>();

  statement(text: string, values: readonly unknown[]): Statement {
    let name = this.#names.get(text);
    if (name === undefined && text.length <= LONGEST && this.#names.size < MOST_NAMES) {
      name = `directory.query.${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
      this.#names.set(text, name);
    }
    return { name: name ?? '', text, values };
  }
}
