const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BYTES = 16;

/** The server's ids by our numbers: sixteen bytes each where they are lower-case UUIDs, as text where they are anything else. */
export class IdTable {
  readonly #bytes: Buffer;
  readonly #known: Uint8Array;
  readonly #texts = new Map<number, string>();

  constructor(size: number) {
    this.#bytes = Buffer.alloc(size * BYTES);
    this.#known = new Uint8Array(size);
  }

  set(index: number, id: string, created: boolean): void {
    this.#known[index] = created ? 2 : 1;
    if (UUID.test(id)) {
      this.#bytes.write(id.replaceAll('-', ''), index * BYTES, 'hex');
      this.#texts.delete(index);
    } else this.#texts.set(index, id);
  }

  get(index: number): string | undefined {
    if (!this.#known[index]) return undefined;
    const text = this.#texts.get(index);
    if (text !== undefined) return text;
    const hex = this.#bytes.toString('hex', index * BYTES, (index + 1) * BYTES);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Whether this run made it; what was there before is not ours to delete. */
  isOurs(index: number): boolean {
    return this.#known[index] === 2;
  }

  forget(index: number): void {
    this.#known[index] = 0;
  }
}
