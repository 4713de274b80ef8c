import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { instanceContext, type Database, type Row, type Statement } from '../../database/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { MasterKeys } from '../../platform/master-keys.ts';
import {
  DEFAULT_ROTATION,
  planRotation,
  SIGNING_ALGORITHMS,
  type RotationPolicy,
  type RotationStep,
  type SigningAlgorithm,
  type SigningKeyFacts,
  type SigningKeyState,
} from './signing-key.ts';

/** Told after every change of the keys. */
export const SIGNING_KEY_CHANNEL = 'gatehouse_signing_key';

export interface SigningKey extends SigningKeyFacts {
  readonly privateJwk: JWK;
}

interface NewKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

const LIST: Statement = { name: 'credentials.signing-key.list', text: 'select kid, alg, state, changed_at, sealed_private_jwk from signing_key order by kid', values: [] };

/** One node at a time changes keys; the lock goes with the transaction. */
const LOCK: Statement = { name: 'credentials.signing-key.lock', text: `select pg_advisory_xact_lock(hashtext('gatehouse signing keys'))`, values: [] };

const insert = (key: NewKey, state: SigningKeyState, sealed: string, now: Date): Statement => ({
  name: 'credentials.signing-key.insert',
  text: `insert into signing_key (kid, alg, public_jwk, sealed_private_jwk, state, created_at, changed_at) values ($1, $2, $3, $4, $5, $6, $6)`,
  values: [key.kid, key.alg, JSON.stringify(key.publicJwk), sealed, state, now],
});

const retire = (alg: SigningAlgorithm, now: Date): Statement => ({
  name: 'credentials.signing-key.retire',
  text: `update signing_key set state = 'retired', changed_at = $2 where alg = $1 and state = 'signing'`,
  values: [alg, now],
});

const promote = (kid: string, now: Date): Statement => ({
  name: 'credentials.signing-key.promote',
  text: `update signing_key set state = 'signing', changed_at = $2 where kid = $1 and state = 'published'`,
  values: [kid, now],
});

const drop = (kid: string): Statement => ({
  name: 'credentials.signing-key.drop',
  text: `delete from signing_key where kid = $1 and state = 'retired'`,
  values: [kid],
});

const reseal = (kid: string, sealed: string): Statement => ({
  name: 'credentials.signing-key.reseal',
  text: 'update signing_key set sealed_private_jwk = $2 where kid = $1',
  values: [kid, sealed],
});

const NOTIFY: Statement = { name: 'credentials.signing-key.notify', text: `select pg_notify('${SIGNING_KEY_CHANNEL}', '')`, values: [] };

const purpose = (kid: string): string => `signing_key:${kid}`;

async function generate(alg: SigningAlgorithm): Promise<NewKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const named = { kid, alg, use: 'sig' };
  return { kid, alg, publicJwk: { ...publicJwk, ...named }, privateJwk: { ...(await exportJWK(privateKey)), ...named } };
}

const toFacts = (row: Row): SigningKeyFacts => ({
  kid: String(row.kid),
  alg: row.alg as SigningAlgorithm,
  state: row.state as SigningKeyState,
  changedAt: (row.changed_at as Date).getTime(),
});

/** Who changes keys by hand, and what is written of it in the same transaction. */
export interface Told {
  readonly actor: string;
  readonly statements: readonly Statement[];
}

/** The provider's keys: sealed at rest, created and rotated by whichever node comes first. */
export class SigningKeyStore {
  readonly #database: Database;
  readonly #keys: MasterKeys;
  readonly #clock: Clock;
  readonly #policy: RotationPolicy;

  constructor(database: Database, keys: MasterKeys, clock: Clock, policy: RotationPolicy = DEFAULT_ROTATION) {
    this.#database = database;
    this.#keys = keys;
    this.#clock = clock;
    this.#policy = policy;
  }

  async list(): Promise<SigningKey[]> {
    const [rows = []] = await this.#database.batch([LIST]);
    return rows.map((row) => ({ ...toFacts(row), privateJwk: this.#open(row) }));
  }

  /** Does what is due: creates missing keys, shows, promotes, drops. @returns whether anything changed */
  async maintain(): Promise<boolean> {
    return this.#change((keys, now) => planRotation(keys, now, this.#policy));
  }

  /**
   * A new key for every algorithm. Shown first and signing after the usual time; `immediately` when the present one must
   * not sign any more, at the price that whoever cached /jwks has to look again.
   */
  async rotate({ immediately = false, told }: { immediately?: boolean; told?: Told } = {}): Promise<void> {
    const plan = (keys: readonly SigningKeyFacts[]): RotationStep[] =>
      SIGNING_ALGORITHMS.flatMap((alg): RotationStep[] => {
        if (immediately) return [{ kind: 'create', alg, state: 'signing' }];
        return keys.some((key) => key.alg === alg && key.state === 'published') ? [] : [{ kind: 'create', alg, state: 'published' }];
      });
    await this.#change(plan, told);
  }

  /** Seals anew what a previous master secret has sealed. @returns how many keys */
  async reseal(): Promise<number> {
    const [rows = []] = await this.#database.batch([LIST]);
    const changes = rows.flatMap((row) => {
      const sealed = this.#keys.reseal(String(row.sealed_private_jwk), purpose(String(row.kid)));
      return sealed === undefined ? [] : [reseal(String(row.kid), sealed)];
    });
    if (changes.length > 0) await this.#database.batch(changes);
    return changes.length;
  }

  /** Keys are made before the lock is taken: an RSA key takes a tenth of a second, and deciding must not wait. */
  async #change(plan: (keys: readonly SigningKeyFacts[], now: number) => RotationStep[], told?: Told): Promise<boolean> {
    const now = this.#clock.now();
    const [rows = []] = await this.#database.batch([LIST]);
    const expected = plan(rows.map(toFacts), now).filter((step) => step.kind === 'create');
    const made = await Promise.all(expected.map(({ alg }) => generate(alg)));
    const open = told === undefined ? [] : [instanceContext(told.actor)];
    const changed = await this.#database.lockThenApply([LOCK, LIST, ...open], ([, locked = []]) => {
      const spare = new Map(made.map((key) => [key.alg, key]));
      const apply = plan(locked.map(toFacts), now).flatMap((step) => this.#apply(step, spare, new Date(now)));
      return { apply: apply.length > 0 ? [...apply, ...(told?.statements ?? [])] : [], result: () => apply.length > 0 };
    });
    if (changed) await this.#database.batch([NOTIFY]);
    return changed;
  }

  #apply(step: RotationStep, spare: ReadonlyMap<SigningAlgorithm, NewKey>, now: Date): Statement[] {
    if (step.kind === 'drop') return [drop(step.kid)];
    if (step.kind === 'promote') return [retire(step.alg, now), promote(step.kid, now)];
    const key = spare.get(step.alg);
    // A key that became due between look and lock is made the next time.
    if (key === undefined) return [];
    const sealed = this.#keys.seal(JSON.stringify(key.privateJwk), purpose(key.kid));
    return [...(step.state === 'signing' ? [retire(step.alg, now)] : []), insert(key, step.state, sealed, now)];
  }

  #open(row: Row): JWK {
    return JSON.parse(this.#keys.open(String(row.sealed_private_jwk), purpose(String(row.kid)))) as JWK;
  }
}
