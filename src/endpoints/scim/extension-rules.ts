import { DomainError } from '../../platform/errors.ts';
import type { AttributeJson } from './attribute-definition.ts';
import type { SchemaJson } from './resource-type.ts';
import { type SchemaRegistry, extendRegistry } from './schema-registry.ts';

/** What an organization may declare as an extension of its own, beyond the form that every definition has. Pure. */

/** One fault of a definition: where (a JSON pointer) and what. */
export interface ExtensionFault {
  readonly at: string;
  readonly problem: string;
}

/** An organization's schemas are held by every node that serves it, and each is walked at every request that touches it. */
const LIMITS = { schemas: 20, attributes: 200, characters: 65_536 } as const;

/** Whose words these are, in RFC 7643 §10 and its forerunner; Entra and others do name extensions of customers below `…:schemas:extension:`. */
const RESERVED = ['urn:ietf:params:scim:schemas:core:', 'urn:ietf:params:scim:api:', 'urn:ietf:params:scim:schemas:extension:enterprise:', 'urn:scim:schemas:core:'];
const URN = /^urn:[a-z0-9][-a-z0-9]{1,31}:[-a-z0-9._:]{0,200}[-a-z0-9_]$/i;

/**
 * Takes a definition as an extension of one organization, or refuses it with every fault named by its place.
 * @param base what the installation serves everybody
 * @param others what the organization has declared beside it
 */
export function checkExtension(base: SchemaRegistry, others: readonly SchemaJson[], definition: SchemaJson): SchemaJson {
  const faults = [...faultsOfIdentity(base, others, definition), ...faultsOfAttributes(definition)];
  if (faults.length > 0) throw refusal(definition.id, faults);
  const extended = extendRegistry(base, [...others, definition]);
  const ambiguous = ambiguousNames(extended);
  if (ambiguous.length > 0) throw refusal(definition.id, ambiguous);
  return definition;
}

const refusal = (id: string, faults: readonly ExtensionFault[]): DomainError =>
  new DomainError('invalid', 'scim.extension_invalid', `${id.slice(0, 200)} cannot be declared: ${faults.map(({ at, problem }) => `${at} ${problem}`).join('; ')}.`, { details: { faults } });

function faultsOfIdentity(base: SchemaRegistry, others: readonly SchemaJson[], { id, extends: type, ...rest }: SchemaJson): ExtensionFault[] {
  const key = id.toLowerCase();
  const faults: ExtensionFault[] = [];
  if (!URN.test(id)) faults.push({ at: '/id', problem: 'must be a URN of letters, digits, “-”, “.”, “_” and “:”' });
  if (base.schemas.has(key) || RESERVED.some((prefix) => key.startsWith(prefix))) faults.push({ at: '/id', problem: 'is a URN of SCIM itself or of this installation' });
  if (others.some((other) => other.id.toLowerCase() === key)) faults.push({ at: '/id', problem: 'is declared already, perhaps in another case' });
  if (type !== 'User' && type !== 'Group') faults.push({ at: '/extends', problem: 'must be User or Group' });
  if (others.length >= LIMITS.schemas) faults.push({ at: '/', problem: `is one schema more than the ${LIMITS.schemas} that an organization may have` });
  if (JSON.stringify(rest).length > LIMITS.characters) faults.push({ at: '/', problem: `is longer than ${LIMITS.characters} characters` });
  return faults;
}

const MOST_FAULTS = 20;

function faultsOfAttributes({ attributes }: SchemaJson): ExtensionFault[] {
  const count = attributes.reduce((sum, { subAttributes = [] }) => sum + 1 + subAttributes.length, 0);
  // What is that long is not looked at any further.
  if (count > LIMITS.attributes) return [{ at: '/attributes', problem: `has ${count} attributes with their parts, more than ${LIMITS.attributes}` }];
  const parts = attributes.flatMap((attribute, index) => [...faultsOfComplex(attribute, `/attributes/${index}`), ...faultsOfList(attribute.subAttributes ?? [], `/attributes/${index}/subAttributes`)]);
  return [...faultsOfList(attributes, '/attributes'), ...parts].slice(0, MOST_FAULTS);
}

/** RFC 7643 §2.3.8: a complex attribute has parts, and nothing else has. */
function faultsOfComplex({ type, subAttributes = [] }: AttributeJson, at: string): ExtensionFault[] {
  if (type === 'complex') return subAttributes.length > 0 ? [] : [{ at: `${at}/subAttributes`, problem: 'must name the parts of a complex attribute' }];
  return subAttributes.length === 0 ? [] : [{ at: `${at}/subAttributes`, problem: `does not belong to an attribute of type ${type}` }];
}

function faultsOfList(attributes: readonly AttributeJson[], at: string): ExtensionFault[] {
  const seen = new Set<string>();
  return attributes.flatMap(({ name, mutability, returned }, index) => {
    const faults: ExtensionFault[] = [];
    const key = name.toLowerCase();
    if (seen.has(key)) faults.push({ at: `${at}/${index}/name`, problem: `${name} is used twice; names compare without regard to case` });
    seen.add(key);
    if (name in Object.prototype) faults.push({ at: `${at}/${index}/name`, problem: `${name} is a name that every object has` });
    // RFC 7643 §7: the values of such an attribute SHALL NOT be returned.
    if (mutability === 'writeOnly' && returned !== 'never') faults.push({ at: `${at}/${index}/returned`, problem: 'must be never where mutability is writeOnly' });
    return faults;
  });
}

/** A URN that is also the name of an attribute of another schema would make every path below it mean two things. */
function ambiguousNames({ user, group }: SchemaRegistry): ExtensionFault[] {
  return [user, group].flatMap((type) =>
    [...type.extensions].filter(([key]) => type.paths.has(key)).map(([, { schema }]) => ({ at: '/id', problem: `makes ${schema} the name of a schema and of an attribute at once` })),
  );
}
