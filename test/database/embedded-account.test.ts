import { expect } from 'chai';
import { accountToRunAs } from '#hub/database/embedded-account.js';
import { DomainError } from '#hub/platform/errors.js';

describe('account of the embedded PostgreSQL', () => {
  const { getuid } = process;
  const path = process.env['PATH'];
  afterEach(() => {
    if (getuid !== undefined) process.getuid = getuid;
    process.env['PATH'] = path;
  });

  it('is our own, unless that is root', () => {
    process.getuid = () => 1000;
    expect(accountToRunAs()).to.deep.equal({});
  });

  it('is an unprivileged one of the system where the hub runs as root', function root() {
    if (process.platform !== 'linux') this.skip();
    process.getuid = () => 0;
    const { uid, gid } = accountToRunAs();
    expect([uid, gid]).to.satisfy((ids: number[]) => ids.every((id) => id > 0));
  });

  it('is asked for in one sentence where root finds none', () => {
    process.getuid = () => 0;
    process.env['PATH'] = '/nonexistent'; // nobody tells who "postgres" and "nobody" are
    expect(accountToRunAs).to.throw(DomainError, 'neither an account "postgres" nor "nobody"').with.property('code', 'database.no_account');
  });
});
