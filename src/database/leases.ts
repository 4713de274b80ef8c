import { uuidv7 } from '../platform/uuid.ts';
import type { Database } from './database.ts';
import type { Statement } from './statement.ts';

/** Work that one node at a time should do. */
export interface Leases {
  /**
   * Does the work unless another node is at it.
   * @param seconds after which others may begin although this node has not ended: the work must bear that, rarely
   * @returns whether it was done here
   */
  alone(name: string, seconds: number, work: () => Promise<unknown>): Promise<boolean>;
}

const take = (name: string, holder: string, seconds: number): Statement => ({
  name: 'database.lease.take',
  text: `insert into lease as l (name, holder, held_until) values ($1, $2, clock_timestamp() + make_interval(secs => $3))
         on conflict (name) do update set holder = excluded.holder, held_until = excluded.held_until
          where l.held_until < clock_timestamp() or l.holder = excluded.holder
         returning true as taken`,
  values: [name, holder, seconds],
});

const giveBack = (name: string, holder: string): Statement => ({
  name: 'database.lease.give-back',
  text: 'update lease set held_until = clock_timestamp() where name = $1 and holder = $2',
  values: [name, holder],
});

/** Leases of this process. Rows and not advisory locks: a lock would need a connection of its own as long as it is held. */
export function createLeases(database: Pick<Database, 'batch'>): Leases {
  const holder = uuidv7();
  return {
    async alone(name, seconds, work) {
      const [rows = []] = await database.batch([take(name, holder, seconds)]);
      if (rows.length === 0) return false;
      try {
        await work();
        return true;
      } finally {
        await database.batch([giveBack(name, holder)]);
      }
    },
  };
}
