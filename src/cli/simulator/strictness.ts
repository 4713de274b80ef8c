import { isObject, valueAt } from './expectations.ts';
import type { Answer, Step } from './step.ts';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

const names = (body: unknown, schema: string): boolean => {
  const schemas = valueAt(body, 'schemas');
  return Array.isArray(schemas) && schemas.includes(schema);
};

const hasValue = (value: unknown): boolean => value !== undefined && value !== null;

type Rule = readonly [sentence: string, broken: (step: Step, answer: Answer) => boolean];

const isResource = ({ path }: Step, { status, body }: Answer): boolean => status < 300 && isObject(body) && /^\/(Users|Groups)/.test(path) && !hasValue(valueAt(body, 'totalResults'));

/** What the vendors let pass, and the RFCs do not. */
const RULES: readonly Rule[] = [
  ['RFC 7644 §3.1: a body is application/scim+json.', (_, { text, headers }) => text !== '' && !String(headers['content-type']).toLowerCase().startsWith('application/scim+json')],
  ['RFC 7644 §3.1: a body is JSON.', (_, { text, body }) => text !== '' && body === undefined],
  ['RFC 7644 §3.3: 201 has a Location header.', (_, { status, headers }) => status === 201 && headers['location'] === undefined],
  ['RFC 7643 §3: a resource names its schemas.', (step, answer) => isResource(step, answer) && !Array.isArray(valueAt(answer.body, 'schemas'))],
  ['RFC 7643 §3.1: a resource has meta.resourceType and meta.location.', (step, answer) => isResource(step, answer) && !(hasValue(valueAt(answer.body, 'meta/resourceType')) && hasValue(valueAt(answer.body, 'meta/location')))],
  ['RFC 7643 §7: a password is never returned.', (_, { body }) => hasValue(valueAt(body, 'password'))],
  ['RFC 7644 §3.4.2: a list names the ListResponse schema.', (_, { body }) => hasValue(valueAt(body, 'totalResults')) && !names(body, LIST)],
  ['RFC 7644 §3.12: an error names the Error schema and has its status as a string.', (_, { status, body }) => status >= 400 && !(names(body, ERROR) && valueAt(body, 'status') === String(status))],
  ['RFC 6750 §3: 401 has WWW-Authenticate.', (_, { status, headers }) => status === 401 && headers['www-authenticate'] === undefined],
  ['RFC 7644 §3.5.2: 204 has no body.', (_, { status, text }) => status === 204 && text !== ''],
];

/** What a strict client would complain about, each as a sentence with its source. */
export const remarksOn = (step: Step, answer: Answer): readonly string[] => RULES.filter(([, broken]) => broken(step, answer)).map(([sentence]) => sentence);
