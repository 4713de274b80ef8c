import { expect } from 'chai';
import { openDatabase } from '#hub/database/index.js';
import { isolationFaults, type TableFacts } from '#hub/database/isolation.js';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { asOwner } from '../support/owner.ts';

const harmless = { superuser: false, bypass: false };
const guarded: TableFacts = { name: 'thing', kind: 'r', partition: false, has_org: true, enabled: true, forced: true, owned: false, granted: true, invoker: false, policies: 1, on_org: 1 };
const faults = (table: Partial<TableFacts>, exempt: Record<string, string> = {}): string[] => isolationFaults(harmless, [{ ...guarded, ...table }], exempt);

describe('isolation', () => {
  it('finds nothing wrong with a guarded table, a named exemption and a closed partition', () => {
    expect(faults({})).to.deep.equal([]);
    expect(faults({ has_org: false, enabled: false, forced: false, policies: 0, on_org: 0 }, { thing: 'why' })).to.deep.equal([]);
    expect(faults({ partition: true, granted: false, policies: 0, on_org: 0 })).to.deep.equal([]);
    expect(faults({ kind: 'v', invoker: true })).to.deep.equal([]);
  });

  it('finds every way a table can leak, and names them all', () => {
    expect(faults({ enabled: false, forced: false, policies: 0, on_org: 0, owned: true })).to.have.length(4);
    expect(faults({ policies: 2 })).to.deep.equal(['thing has a policy that does not name app.org_id']);
    expect(faults({ has_org: false })).to.deep.equal(['thing has no org_id and is not on the exemption list']);
    expect(faults({ partition: true })).to.deep.equal(['thing is a partition open to the application role; grant its parent only']);
    expect(faults({ kind: 'v' })).to.deep.equal(['thing is a view without security_invoker']);
    expect(faults({ kind: 'm' })).to.have.length(1);
  });

  it('finds a role that row-level security does not hold', () => {
    expect(isolationFaults({ superuser: true, bypass: true }, [], {})).to.have.length(2);
    expect(isolationFaults(undefined, [], {})).to.deep.equal(['role gatehouse_app does not exist']);
  });

  describe('at start', () => {
    let fresh: FreshDatabase;
    before(async () => {
      fresh = await freshDatabase();
    });
    after(() => fresh.drop());
    const open = async (log?: (line: string) => void): Promise<void> => {
      const database = await openDatabase({ url: fresh.url, ownerUrl: fresh.ownerUrl, ...(log === undefined ? {} : { enforceIsolation: false, log }) });
      await database.close();
    };

    it('holds for the whole schema', () => open());

    it('is refused when missing, with every fault at once; a switch turns the refusal into a warning', async () => {
      await asOwner(
        fresh.ownerUrl,
        'create table leak_one (org_id uuid)',
        'create table leak_two (id int)',
        'alter table membership no force row level security',
        'create policy careless on connection using (true)',
        'create view leak_three as select * from membership',
        'grant select on leak_three to gatehouse_app',
      );
      const error = await open().catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'database.not_isolated');
      expect((error as { details: { faults: string[] } }).details.faults).to.deep.equal([
        'connection has a policy that does not name app.org_id',
        'leak_one has row-level security disabled',
        'leak_one does not FORCE row-level security on its owner',
        'leak_one has no policy on app.org_id',
        'leak_three is a view without security_invoker',
        'leak_two has no org_id and is not on the exemption list',
        'membership does not FORCE row-level security on its owner',
      ]);
      const told: string[] = [];
      await open((line) => told.push(line));
      expect(told.join()).to.contain('leak_one');
    });
  });
});
