import { Client } from 'pg';
import { asOwner } from './owner.ts';

/** A connection's directory and how its tables are reached. */
interface FilledFeed {
  readonly orgId: string;
  readonly connectionId: string;
  readonly fresh: { readonly ownerUrl: string };
}

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** Ids that grow with the number, as the hub's own do with time. */
const ID = `('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;

const INDEXES = ['search', 'names', 'page', 'account', 'user_name', 'external_id'].map((name) => `directory_user_${name}`);

/** Runs work without the secondary indexes and builds them anew afterwards, all but some: by the hundred thousand that is far cheaper. */
async function withoutIndexes(ownerUrl: string, without: readonly string[], work: () => Promise<void>): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query<{ definition: string }>('select indexdef as definition from pg_indexes where indexname = any($1)', [INDEXES]);
    await owner.query(`drop index ${INDEXES.join(', ')}`);
    await work();
    for (const { definition } of rows) if (!without.some((name) => definition.includes(name))) await owner.query(definition);
  } finally {
    await owner.end();
  }
}

/**
 * Writes users by the hundred thousand straight into the feed: `person<n>.<word>@example.com`, named after their number,
 * one in ten inactive. One account stands behind them all.
 * @param without indexes that are not needed, and take long to build
 */
export const fillWithUsers = (feed: FilledFeed, count: number, { from = 1, without = [] }: { readonly from?: number; readonly without?: readonly string[] } = {}): Promise<void> =>
  withoutIndexes(feed.fresh.ownerUrl, without, () => fill(feed, count, from));

async function fill(feed: FilledFeed, count: number, from: number): Promise<void> {
  const { orgId, connectionId, fresh } = feed;
  const account = `01900000-0000-7000-9000-${connectionId.slice(-12)}`;
  await asOwner(
    fresh.ownerUrl,
    'set role gatehouse_app',
    `select set_config('app.org_id', '${orgId}', false)`,
    `insert into account (id, home_org_id) values ('${account}', '${orgId}') on conflict do nothing`,
    `insert into membership (org_id, account_id, status) values ('${orgId}', '${account}', 'active') on conflict do nothing`,
    `insert into directory_user (org_id, connection_id, id, account_id, user_name_key, external_id, display_name_key, given_name_key,
       family_name_key, email_key, active, resource, created_at, updated_at)
     select '${orgId}', '${connectionId}', ${ID}, '${account}', mail, 'x' || md5(n::text), 'person ' || word, 'person', word, mail, n % 10 <> 0,
            '{"schemas":["${CORE}"],"id":"' || ${ID} || '","externalId":"x' || md5(n::text) || '","userName":"' || mail
              || '","name":{"givenName":"Person","familyName":"' || word || '"},"displayName":"Person ' || word || '","title":"Engineer ' || n % 100
              || '","emails":[{"value":"' || mail || '","type":"work","primary":true}],"preferredLanguage":"de-DE","active":' || (n % 10 <> 0)::text || '}',
            timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + n * interval '1 minute'
       from generate_series(${from}, ${from + count - 1}) n,
            lateral (select substr(md5('w' || n), 1, 8) as word) w, lateral (select 'person' || n || '.' || word || '@example.com' as mail) m`,
    `insert into directory_count (org_id, connection_id, kind, amount) values ('${orgId}', '${connectionId}', 'User', ${count})`,
  );
}

export const numberedUser = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
