import { expect } from 'chai';
import * as fc from 'fast-check';
import { ManualClock } from '#hub/platform/clock.js';
import { DomainError } from '#hub/platform/errors.js';
import { createLog, type Log } from '#hub/platform/log.js';
import { redactText } from '#hub/platform/redaction.js';
import { mintToken } from '#hub/platform/token.js';

function recorded(format: 'json' | 'text' = 'json'): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format, clock: new ManualClock(0), destination: { write: (line) => void lines.push(line) } });
  return { log, lines };
}

describe('log', () => {
  it('writes one JSON object a line, with the time of the clock and the id of the request', () => {
    const { log, lines } = recorded();
    log.child({ requestId: 'r1' }).info({ status: 200 }, 'answered');
    log.debug('below the level');
    expect(lines.map((line): unknown => JSON.parse(line))).to.deep.equal([
      { level: 'info', time: '1970-01-01T00:00:00.000Z', requestId: 'r1', status: 200, msg: 'answered' },
    ]);
  });

  it('leaves out secret fields in any spelling and at any depth, in children too', () => {
    const { log, lines } = recorded();
    const headers = { Authorization: 'hunter2', 'set-cookie': ['hunter2'], accept: 'kept' };
    log.child({ client_secret: 'hunter2' }).info({ request: { headers, body: [{ newPassword: 'hunter2', code: 'hunter2', SAMLResponse: 'hunter2' }] } });
    expect(lines.join()).not.to.contain('hunter2');
    expect(lines.join()).to.contain('kept');
  });

  it('keeps what an error says of itself, but not the secrets that hang on it', () => {
    const { log, lines } = recorded();
    const error = new DomainError('denied', 'access.denied', 'No.', { details: { password: 'hunter2' } });
    log.error({ err: Object.assign(error, { config: { headers: { authorization: 'hunter2' } } }) }, 'failed');
    log.error({ cause: error, nested: { err: error } });
    log.error(Object.assign(new Error('connect to postgres://u:hunter2@db/x'), { code: 'ECONNREFUSED' }));
    expect(lines.join()).not.to.contain('hunter2');
    expect(lines.join()).to.contain('access.denied').and.to.contain('ECONNREFUSED').and.to.contain('log.test');
  });

  it('recognises credentials inside of texts', () => {
    const token = mintToken('gh_scim');
    for (const secret of [`x ${token}.`, `Bearer ${token}`, 'authorization: basic aHVudGVyMg==', 'eyJhbGciOi.eyJzdWIi.c2ln', 'amqp://u:p%40ss@host', '/cb?code=abc&state=def#x']) {
      const { log, lines } = recorded();
      log.info({ url: secret }, secret);
      const text = lines.join();
      expect(text, secret).to.contain('[redacted]');
      for (const part of [token, 'aHVudGVyMg', 'c2ln', 'p%40ss', 'abc', 'def']) expect(text, secret).not.to.contain(part);
    }
  });

  it('writes for people when asked to, with the stack of an error', () => {
    const { log, lines } = recorded('text');
    log.info({ port: 3000, name: 'a b' }, 'listening');
    log.error({ err: new Error('boom') }, 'failed');
    expect(lines[0]).to.equal('1970-01-01T00:00:00.000Z INFO  listening port=3000 name="a b"\n');
    expect(lines[1]).to.match(/ERROR failed\nError: boom\n {4}at /);
  });

  it('survives anything it is given, cycles and depths too', () => {
    const { log, lines } = recorded();
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    log.info(cycle);
    log.info({ bytes: Buffer.alloc(9), none: null });
    expect(lines[1]).to.contain('"bytes":"[9 bytes]"');
    fc.assert(
      fc.property(fc.object({ maxDepth: 12, withNullPrototype: true }), (fields) => {
        log.info(fields);
        JSON.parse(lines.at(-1) ?? '');
      }),
    );
  });

  it('takes time in proportion to the length of a line', () => {
    for (const unit of ['://', '://a:', 'gh_a', 'eyJ.', 'eyJa', 'Bearer ', '?code=', '&'])
      expect(redactText(unit.repeat(100_000))).to.be.a('string');
  });
});
