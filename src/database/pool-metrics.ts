import type { Metrics } from '../platform/metrics.ts';
import type { Database } from './database.ts';

const POOLS = ['batch', 'provider'] as const;

/** How busy the pools are, each time somebody looks. */
export function watchPools(metrics: Metrics, database: Pick<Database, 'load'>): void {
  const labels = { pool: POOLS };
  const each = (read: (load: { waiting: number; open: number; idle: number }) => number) => () => {
    const load = database.load();
    return POOLS.map((pool) => [{ pool }, read(load[pool])] as const);
  };
  metrics.watch('gatehouse_database_connections_busy', 'Connections that are at work.', labels, each(({ open, idle }) => open - idle));
  metrics.watch('gatehouse_database_connections_open', 'Connections that are open.', labels, each(({ open }) => open));
  metrics.watch('gatehouse_database_waiting', 'Callers that wait for a free connection.', labels, each(({ waiting }) => waiting));
}
