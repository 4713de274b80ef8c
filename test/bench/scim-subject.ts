import { HttpWire } from './http-wire.ts';

/** A SCIM server under load: what was made on it, and the connections to it. */
export class ScimSubject {
  readonly name: string;
  readonly wires: readonly HttpWire[];
  readonly #path: string;
  /** Ids of users in the order in which they were answered. */
  readonly users: string[] = [];
  /** The `userName` of each. */
  readonly names = new Map<string, string>();
  readonly groups: string[] = [];
  /** How many members were added so far, over all groups in turn. */
  added = 0;
  removed = 0;
  /** Numbers what is made or changed, so that no two requests are the same. */
  count = 0;

  private constructor(name: string, path: string, wires: readonly HttpWire[]) {
    this.name = name;
    this.#path = path;
    this.wires = wires;
  }

  static async open(name: string, base: string, token: string, connections: number): Promise<ScimSubject> {
    const url = new URL(base);
    return new ScimSubject(name, url.pathname.replace(/\/$/, ''), await Promise.all(Array.from({ length: connections }, () => HttpWire.open(url, token))));
  }

  at(path: string): string {
    return `${this.#path}${path}`;
  }

  close(): void {
    for (const wire of this.wires) wire.close();
  }
}
