import { expect } from 'chai';
import { organizationContext } from '#hub/database/index.js';
import { authenticateScim, scimRefusal } from '#hub/domain/credentials/index.js';
import { hashToken } from '#hub/platform/token.js';
import { uuidv7 } from '#hub/platform/uuid.js';
import { DirectoryFeed } from '../../support/directory-feed.ts';

describe('the door of a SCIM token', () => {
  let feed: DirectoryFeed;
  const hash = hashToken('secret');
  const rows = async (text: string, ...values: unknown[]) => {
    const [, found = []] = await feed.fresh.database.batch([organizationContext({ orgId: feed.orgId, actor: 'test' }), { name: '', text, values }]);
    return found;
  };
  const mint = (token: Buffer, expires = 'null') =>
    rows(`insert into scim_token (org_id, id, connection_id, hash, hint, created_by, expires_at) values ($1, $2, $3, $4, 'gh', 'test', ${expires})`, feed.orgId, uuidv7(), feed.connectionId, token);
  const opens = (token = hash, wanted: 'users' | 'groups' = 'users', writes = true): Promise<string> =>
    feed.fresh.database.batch([authenticateScim(token, wanted, writes)]).then(([found]) => String(found?.[0]?.['connection_id']), (error: unknown) => scimRefusal(error)?.code ?? String(error));
  const INVALID = 'credentials.scim_token_invalid';

  beforeEach(async () => {
    feed = await DirectoryFeed.start();
    await mint(hash);
  });
  afterEach(() => feed.fresh.drop());

  it('opens the connection of its token, and nothing else', async () => {
    expect([await opens(), await opens(hashToken('other'))]).to.deep.equal([feed.connectionId, INVALID]);
  });

  it('follows the token: its scopes, its end, its expiry', async () => {
    await rows(`update scim_token set scopes = '{users,read-only}'`);
    expect([await opens(hash, 'users', false), await opens(), await opens(hash, 'groups', false)]).to.deep.equal([feed.connectionId, 'credentials.scim_token_scope', 'credentials.scim_token_scope']);
    await rows(`update scim_token set revoked_at = now(), scopes = '{users}'`);
    expect(await opens()).to.equal(INVALID);
    await mint(hashToken('short'), `now() + interval '500 milliseconds'`);
    expect(await opens(hashToken('short'))).to.equal(feed.connectionId);
    await new Promise((resolve) => setTimeout(resolve, 530));
    expect(await opens(hashToken('short'))).to.equal(INVALID);
    await mint(hashToken('gone'));
    await rows('delete from scim_token where hash = $1', hashToken('gone'));
    expect(await opens(hashToken('gone'))).to.equal(INVALID);
  });

  it('is closed while the connection is switched off or the organization suspended, and open again afterwards', async () => {
    for (const [off, on] of [['update connection set enabled = false', 'update connection set enabled = true'], [`update organization set status = 'suspended'`, `update organization set status = 'active'`]] as const) {
      await rows(off);
      expect(await opens(), off).to.equal(INVALID);
      await rows(on);
      expect(await opens(), on).to.equal(feed.connectionId);
    }
  });

  it('does not stay open behind a suspension that happens while tokens are made', async () => {
    for (let round = 0; round < 10; round += 1) {
      const fresh = hashToken(`round ${round}`);
      await Promise.all([mint(fresh), rows(`update organization set status = 'suspended'`), mint(hashToken(`beside ${round}`))]);
      expect([await opens(fresh), await opens()]).to.deep.equal([INVALID, INVALID]);
      await rows(`update organization set status = 'active'`);
      expect([await opens(fresh), await opens()]).to.deep.equal([feed.connectionId, feed.connectionId]);
    }
  });

  it('is seen by nobody', async () => {
    expect(await rows('select 1 from scim_door').then(() => 'seen', (error: Error) => error.message)).to.match(/permission denied/);
  });
});
