import type { ApplicationStore, RegisteredApplication } from '../../domain/applications/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { clientMetadata } from './client-metadata.ts';
import type { AllClientMetadata } from './provider-package.ts';

/** A change made elsewhere is heard at once; this bounds the delay should the message be lost. */
const FRESH_MS = 10_000;
/** Names that nobody registered are remembered too, so the memory needs a bound that guessing cannot break. */
const MOST_REMEMBERED = 1_000;

interface Remembered {
  readonly application: Promise<RegisteredApplication | undefined>;
  readonly until: number;
}

/** Applications as the provider asks for them, several times per request, so they are remembered for some seconds. */
export class ClientSource {
  readonly #store: Pick<ApplicationStore, 'findRegistered'>;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();

  constructor(store: Pick<ApplicationStore, 'findRegistered'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Undefined when unknown or disabled. */
  async find(clientId: string): Promise<RegisteredApplication | undefined> {
    // Ids are ours; anything longer is not one, and NUL would be refused by the database.
    if (clientId.length > 100 || clientId.includes('\0')) return undefined;
    const known = this.#remembered.get(clientId);
    if (known !== undefined && known.until > this.#clock.now()) return known.application;
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    const application = this.#store.findRegistered(clientId);
    this.#remembered.set(clientId, { application, until: this.#clock.now() + FRESH_MS });
    application.catch(() => this.#remembered.delete(clientId));
    return application;
  }

  async metadata(clientId: string): Promise<AllClientMetadata | undefined> {
    const application = await this.find(clientId);
    return application && clientMetadata(application);
  }

  forget(clientId: string): void {
    this.#remembered.delete(clientId);
  }
}
