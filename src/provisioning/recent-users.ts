import type { DirectoryUser } from '../domain/directory/index.ts';
import type { Feed } from './feed.ts';

type Holder = Pick<Feed, 'holder'>;

/** Characters of resources that are kept at most, and users: a fraction of what the hub needs anyway. */
const MOST_TEXT = 8 * 1024 * 1024;
const MOST_USERS = 10_000;

/**
 * Users as they were last read or changed here, so that a change can be worked out before the database is asked: an identity
 * provider looks somebody up and then changes them. What is remembered is a guess and never an answer: the change is written
 * only where the version is still the same. Each holder of a token has a memory of its own.
 */
export class RecentUsers {
  readonly #users = new Map<string, DirectoryUser>();
  #text = 0;

  /** An answer that was overtaken by a later one says nothing new. */
  remember({ holder }: Holder, user: DirectoryUser): void {
    if (holder === undefined) return;
    const key = keyOf(holder, user.id);
    if ((this.#users.get(key)?.version ?? 0) > user.version) return;
    this.#drop(key);
    this.#users.set(key, user);
    this.#text += user.resource.length;
    for (const oldest of this.#users.keys()) {
      if (this.#text <= MOST_TEXT && this.#users.size <= MOST_USERS) break;
      this.#drop(oldest);
    }
  }

  /** @returns the user as it was, at most once: whoever changes it remembers what came of it */
  take({ holder }: Holder, id: string): DirectoryUser | undefined {
    if (holder === undefined) return undefined;
    const key = keyOf(holder, id);
    const user = this.#users.get(key);
    this.#drop(key);
    return user;
  }

  #drop(key: string): void {
    const user = this.#users.get(key);
    if (user === undefined) return;
    this.#users.delete(key);
    this.#text -= user.resource.length;
  }
}

const keyOf = (holder: string, id: string): string => `${holder} ${id}`;
