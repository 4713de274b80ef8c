import type { DirectoryReader, OrganizationSchema, OrganizationSchemaStore } from '../../domain/directory/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Feed } from '../../provisioning/index.ts';
import { checkExtension } from './extension-rules.ts';
import type { SchemaJson } from './resource-type.ts';
import { type SchemaRegistry, extendRegistry, readSchema } from './schema-registry.ts';

export interface VocabularyOptions {
  /** What is served where an organization declares nothing. */
  readonly base: SchemaRegistry;
  readonly schemas: Pick<OrganizationSchemaStore, 'generations' | 'list'>;
  readonly reader: Pick<DirectoryReader, 'organizationOf'>;
  /** Sees to it that the organization's directory is kept by what its schemas make unique now. */
  readonly settle?: (orgId: string) => Promise<void>;
  /** Told of a stored definition that no longer goes together with the installation's. */
  readonly onUnusable: (error: DomainError, orgId: string) => void;
}

/** The registry of an organization in the state that the mark tells. */
interface Remembered {
  readonly mark: string;
  readonly value: Promise<SchemaRegistry>;
}

const MOST_TOKENS = 10_000;
const MOST_REGISTRIES = 200;

/** A map that forgets what was asked for longest ago. */
function remember<T>(map: Map<string, T>, most: number, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) for (const oldest of map.keys()) return void map.delete(oldest);
}

/**
 * Which schemas a request is understood by. Bodies and filters are checked before the batch that authenticates, so the
 * organization must be known a moment earlier; what is remembered here chooses words and never admits anybody, which the
 * batch alone does. While no organization has schemas of its own nothing is asked; else a token costs one round trip, once:
 * it never changes its organization.
 */
export class Vocabularies {
  readonly #options: VocabularyOptions;
  #generations: ReadonlyMap<string, string> = new Map();
  #asked = 0;
  #answered = 0;
  readonly #organizations = new Map<string, string>();
  readonly #settling = new Map<string, Promise<void>>();
  readonly #registries = new Map<string, Remembered>();

  constructor(options: VocabularyOptions) {
    this.#options = options;
  }

  /** Learns anew which organizations have schemas. Of answers that overtake each other the question asked last counts. */
  async refresh(): Promise<void> {
    const turn = (this.#asked += 1);
    const generations = await this.#options.schemas.generations();
    if (turn < this.#answered) return;
    this.#answered = turn;
    this.#generations = generations;
    for (const orgId of this.#registries.keys()) if (!generations.has(orgId)) this.#registries.delete(orgId);
  }

  /**
   * @param tokenHash SHA-256 of the bearer's token
   * @param open makes what authenticates it, for nothing in particular
   */
  registryFor(tokenHash: Buffer, open: () => Feed['open']): SchemaRegistry | Promise<SchemaRegistry> {
    return this.#generations.size === 0 ? this.#options.base : this.#registryOfToken(tokenHash.toString('base64'), open);
  }

  /** The same for a writer that did not know what is unique. */
  async registryAnew(tokenHash: Buffer, open: () => Feed['open']): Promise<SchemaRegistry> {
    const orgId = await this.#options.reader.organizationOf(open());
    await this.#settle(orgId);
    await this.refresh();
    return this.#registryOfToken(tokenHash.toString('base64'), open);
  }

  /** Many who come at once wait for one. */
  #settle(orgId: string): Promise<void> {
    const begun = this.#settling.get(orgId) ?? Promise.resolve(this.#options.settle?.(orgId)).finally(() => this.#settling.delete(orgId));
    this.#settling.set(orgId, begun);
    return begun;
  }

  async #registryOfToken(token: string, open: () => Feed['open']): Promise<SchemaRegistry> {
    const orgId = this.#organizations.get(token) ?? (await this.#options.reader.organizationOf(open()));
    remember(this.#organizations, MOST_TOKENS, token, orgId);
    return this.#registryOf(orgId);
  }

  #registryOf(orgId: string): SchemaRegistry | Promise<SchemaRegistry> {
    const mark = this.#generations.get(orgId);
    if (mark === undefined) return this.#options.base;
    const known = this.#registries.get(orgId);
    const current = known?.mark === mark ? known : { mark, value: this.#load(orgId) };
    remember(this.#registries, MOST_REGISTRIES, orgId, current);
    // What failed is asked for again by the next request; this one is told.
    if (current !== known) current.value.catch(() => void (this.#registries.get(orgId) === current && this.#registries.delete(orgId)));
    return current.value;
  }

  async #load(orgId: string): Promise<SchemaRegistry> {
    const { base, schemas, onUnusable } = this.#options;
    return registryWith(base, await schemas.list(orgId), (error) => onUnusable(error, orgId));
  }
}

/** The installation's registry with what an organization has declared, as far as it goes together. */
export function registryWith(base: SchemaRegistry, declared: readonly Pick<OrganizationSchema, 'definition'>[], onUnusable: (error: DomainError) => void = () => undefined): SchemaRegistry {
  const usable: SchemaJson[] = [];
  for (const { definition } of declared) {
    try {
      usable.push(checkExtension(base, usable, readSchema(definition)));
    } catch (error) {
      // The installation may have got a schema of the same name since; the organization's other schemas still hold.
      if (!(error instanceof DomainError)) throw error;
      onUnusable(error);
    }
  }
  return usable.length === 0 ? base : extendRegistry(base, usable);
}
