import { DomainError } from '../../platform/errors.ts';
import type { UniqueClash } from '../../domain/directory/index.ts';
import type { AttributeJson } from './attribute-definition.ts';
import type { ExtensionFault } from './extension-rules.ts';
import type { SchemaJson } from './resource-type.ts';

/**
 * Which changes of a declared extension its resources allow. RFC 7643 is silent. A value that no schema declares could
 * neither be read as what it is, nor changed, nor cleared, by anybody; so what resources hold stays declared, and whoever
 * wants to remove it clears it by SCIM first (after making mutable what is immutable, which is allowed). And what
 * resources lack does not become required: the next PATCH of such a resource would fail, were it the one that takes a
 * leaver's access away. A write that is under way at that very moment is still understood by the former definition.
 */

/** How resources stand to the schema now. */
export interface ExtensionUse {
  /** Some resource holds values of it. */
  readonly held: boolean;
  /** Some resource holds none. */
  readonly missing: boolean;
}

/**
 * @param before undefined: it is declared for the first time
 * @param after undefined: it is removed
 */
export function assertRoomForChange(before: SchemaJson | undefined, after: SchemaJson | undefined, use: ExtensionUse): void {
  const faults = [
    ...(before && use.held ? lossesOf(before, after) : []),
    ...(after?.required === true && before?.required !== true && use.missing ? [{ at: '/required', problem: `cannot be true while there is a ${after.extends ?? 'resource'} without it` }] : []),
  ];
  if (faults.length === 0) return;
  const { id } = (after ?? before) as SchemaJson;
  const why = faults.map(({ at, problem }) => `${at} ${problem}`).join('; ');
  throw new DomainError('conflict', 'scim.extension_in_use', `${id} is in use: ${why}.`, { details: { faults } });
}

/** What several resources have cannot become unique: who of them would have to give it up is nothing the hub could know. */
export function assertNoClash(after: SchemaJson, clashes: readonly UniqueClash[]): void {
  const faults = clashes.flatMap(({ attribute, kind, id, holder }): ExtensionFault[] => {
    const at = placeOf(after, attribute);
    return at === undefined ? [] : [{ at, problem: `cannot be set while several have one value: ${kind} ${id} and ${holder}` }];
  });
  if (faults.length === 0) return;
  const why = faults.map(({ at, problem }) => `${at} ${problem}`).join('; ');
  throw new DomainError('conflict', 'scim.extension_values_clash', `${after.id} cannot be declared so: ${why}.`, { details: { faults } });
}

/** Of `urn:…:badges.value`; nothing where the attribute is of another schema. */
function placeOf({ id, attributes }: SchemaJson, path: string): string | undefined {
  if (!path.toLowerCase().startsWith(`${id.toLowerCase()}:`)) return undefined;
  const [name, part] = path.slice(id.length + 1).split('.');
  const index = attributes.findIndex((attribute) => attribute.name === name);
  if (part === undefined) return `/attributes/${index}/uniqueness`;
  return `/attributes/${index}/subAttributes/${(attributes[index]?.subAttributes ?? []).findIndex((one) => one.name === part)}/uniqueness`;
}

function lossesOf(before: SchemaJson, after: SchemaJson | undefined): ExtensionFault[] {
  if (after === undefined) return [{ at: '/', problem: 'cannot be removed while resources hold values of it' }];
  if (after.id !== before.id) return [{ at: '/id', problem: `must be spelled ${before.id} while resources hold values of it` }];
  if (after.extends !== before.extends) return [{ at: '/extends', problem: `must stay ${before.extends ?? ''} while resources hold values of it` }];
  return lossesOfList(before.attributes, after.attributes, '/attributes');
}

/** Values are kept under the exact spelling of their attribute. */
function lossesOfList(before: readonly AttributeJson[], after: readonly AttributeJson[], at: string): ExtensionFault[] {
  const gone = before.filter(({ name }) => !after.some((one) => one.name === name)).map(({ name }) => ({ at, problem: `must keep ${name}, in this spelling` }));
  const changed = after.flatMap((attribute, index) => changesOf(before.find(({ name }) => name === attribute.name), attribute, `${at}/${index}`));
  return [...gone, ...changed];
}

function changesOf(before: AttributeJson | undefined, after: AttributeJson, at: string): ExtensionFault[] {
  const faults: ExtensionFault[] = [];
  if (after.required === true && before?.required !== true) faults.push({ at: `${at}/required`, problem: 'cannot become true' });
  if (before === undefined) return faults;
  if (after.type !== before.type) faults.push({ at: `${at}/type`, problem: `must stay ${before.type}` });
  if ((after.multiValued ?? false) !== (before.multiValued ?? false)) faults.push({ at: `${at}/multiValued`, problem: `must stay ${before.multiValued ?? false}` });
  return [...faults, ...lossesOfList(before.subAttributes ?? [], after.subAttributes ?? [], `${at}/subAttributes`)];
}
