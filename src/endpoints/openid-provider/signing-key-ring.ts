import type { JWK } from 'jose';
import { orderForSigning, type SigningKeyStore } from '../../domain/credentials/index.ts';

/** Another node's change is heard by notification; this bounds the delay should one be lost, and is when rotation is looked at. */
const LOOK_EVERY_MS = 60_000;

export interface SigningKeyRingOptions {
  readonly store: SigningKeyStore;
  /** Called with the keys whenever they changed. */
  readonly changed: (keys: readonly JWK[]) => void;
  readonly failed: (error: unknown) => void;
}

/** Keeps the provider's keys as the database has them, and does what rotation has due. */
export class SigningKeyRing {
  readonly #options: SigningKeyRingOptions;
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: SigningKeyRingOptions) {
    this.#options = options;
  }

  /** Creates what is missing, hands out the keys, and goes on looking. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look().catch(this.#options.failed), LOOK_EVERY_MS).unref();
  }

  /** One at a time, so that an older look never comes after a newer one. */
  look(): Promise<void> {
    const next = this.#work.then(() => this.#look());
    this.#work = next.catch(() => undefined);
    return next;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }

  async #look(): Promise<void> {
    await this.#options.store.maintain();
    const keys = orderForSigning(await this.#options.store.list());
    const seen = keys.map(({ kid, state }) => `${kid} ${state}`).join();
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#options.changed(keys.map(({ privateJwk }) => privateJwk));
  }
}
