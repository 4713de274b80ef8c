import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'chai';
import { sayFault, withForms } from '#hub/platform/schema-fault.js';

/** What is said of a value that a schema refuses. */
function said(schema: object, value: unknown): string | undefined {
  const ajv = withForms(new Ajv({ strict: true, verbose: true }));
  formats.default(ajv, ['uuid', 'date-time', 'email', 'uri']);
  const validate = ajv.compile(schema);
  validate(value);
  return validate.errors?.map(sayFault)[0];
}

describe('a fault of a schema', () => {
  it('is said in words, without regular expressions', () => {
    expect(said({ type: 'string', pattern: '^[a-z]+$', 'x-form': 'lower-case letters' }, 'A')).to.equal('must be lower-case letters');
    expect(said({ type: 'string', format: 'uuid' }, 'x')).to.equal('must be an id, which is a UUID');
    expect(said({ type: 'string', format: 'email' }, 'x')).to.equal('must be an e-mail address');
    expect(said({ type: 'string', minLength: 8 }, 'x')).to.equal('must have at least 8 characters');
    expect(said({ type: 'array', maxItems: 1 }, [1, 2])).to.equal('must have at most 1 items');
    expect(said({ enum: ['a', 'b'] }, 'c')).to.equal('must be one of a, b');
    expect(said({ type: 'object', minProperties: 1 }, {})).to.equal('must name something');
    expect(said({ type: 'object', additionalProperties: false }, { hue: 1 })).to.equal('has no property "hue"');
  });

  it('is said as the validator has it where nothing better is known', () => {
    expect(said({ type: 'integer' }, 'x')).to.equal('must be integer');
    expect(said({ type: 'string', pattern: '^a$' }, 'b')).to.equal('must match pattern "^a$"');
  });
});
