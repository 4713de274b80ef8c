import { expect } from 'chai';
import { DatabaseError } from 'pg';
import { connectionFailure } from '#hub/database/connection-error.js';

const URL_WITH_PASSWORD = 'postgres://hub:hidden@db.example:6432/gatehouse?sslmode=require';
const refused = (state: string): DatabaseError => Object.assign(new DatabaseError('words of the server', 0, 'error'), { code: state });

describe('a connection that fails', () => {
  it('is told by what an administrator can do about it, with the place and without the password', () => {
    const told: [unknown, string, string][] = [
      [refused('28P01'), 'database.login_refused', 'check user and password'],
      [refused('28000'), 'database.login_refused', 'check user and password'],
      [refused('3D000'), 'database.missing', 'create it'],
      [refused('42501'), 'database.missing_privilege', 'words of the server'],
      [refused('53300'), 'database.too_many_connections', 'raise max_connections'],
      [refused('57P03'), 'database.unreachable', '(57P03)'],
      [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'database.unreachable', '(ECONNREFUSED)'],
      ['a text', 'database.unreachable', '(a text)'],
    ];
    for (const [error, code, words] of told) {
      const failure = connectionFailure(error, URL_WITH_PASSWORD);
      expect(failure.code).to.equal(code);
      expect(failure.message).to.include(words).and.include('db.example:6432/gatehouse').and.not.include('hidden');
    }
  });
});
