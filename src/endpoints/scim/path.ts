import type { AttributeDefinition } from './attribute-definition.ts';
import type { Dialect } from './dialects.ts';
import { TOLERANT } from './dialects.ts';
import { isAttributePath, parseValueFilter } from './filter.ts';
import { checkElementFilter } from './filter-check.ts';
import type { ResolvedFilter } from './filter-check.ts';
import { attributeAt } from './resource-type.ts';
import type { Extension, ResourceType } from './resource-type.ts';
import { invalidPath } from './scim-error.ts';

/** Where a PATCH operation works (RFC 7644 §3.5.2, figure 7). */
export type Target =
  | {
      readonly kind: 'attribute';
      /** A top-level attribute of the resource or of an extension. */
      readonly attribute: AttributeDefinition;
      /** Selects values of a multi-valued attribute. */
      readonly filter: ResolvedFilter | undefined;
      /** A part of the attribute. */
      readonly part: AttributeDefinition | undefined;
    }
  /** The URN of an extension alone: everything it holds. */
  | { readonly kind: 'extension'; readonly extension: Extension }
  /** The URN of the core schema alone: the resource itself. */
  | { readonly kind: 'resource' };

/** Resolves a path; throws `invalidPath`, or `invalidFilter` for what stands in its brackets. */
export function resolvePath(path: string, type: ResourceType, dialect: Dialect = TOLERANT): Target {
  const target = findTarget(path, type, dialect);
  if (!target) throw invalidPath(`${type.name} has no attribute ${quoted(path)}.`);
  return target;
}

/** As `resolvePath`, but undefined where the path is well formed and names nothing. */
export function findTarget(path: string, type: ResourceType, dialect: Dialect = TOLERANT): Target | undefined {
  const attribute = attributeAt(path, type, dialect);
  if (attribute) return targetOf(attribute, undefined, undefined);
  const bracket = path.indexOf('[');
  if (bracket >= 0) return filteredTarget(path, bracket, type, dialect);
  const urn = path.toLowerCase().replace(/:$/, '');
  const extension = type.extensions.get(urn);
  if (extension) return { kind: 'extension', extension };
  if (urn === type.schema.toLowerCase()) return { kind: 'resource' };
  if (!isAttributePath(path)) throw invalidPath(`${quoted(path)} is not a path.`);
  return undefined;
}

/** `emails[type eq "work"]` or `emails[type eq "work"].value`. */
function filteredTarget(path: string, open: number, type: ResourceType, dialect: Dialect): Target | undefined {
  const close = path.lastIndexOf(']');
  const tail = path.slice(close + 1);
  const name = path.slice(0, open);
  if (close < open || !isAttributePath(name) || (tail !== '' && !(tail.startsWith('.') && isAttributePath(tail.slice(1))))) {
    throw invalidPath(`${quoted(path)} is not a path.`);
  }
  const filter = parseValueFilter(path.slice(open + 1, close));
  const attribute = attributeAt(name, type, dialect);
  if (!attribute) return undefined;
  if (attribute.parent || !attribute.multiValued) throw invalidPath(`${attribute.path} has no values that brackets could select.`);
  const resolved = checkElementFilter(filter, attribute, dialect);
  if (tail === '') return targetOf(attribute, resolved, undefined);
  const part = attribute.subAttributes.get(tail.slice(1).toLowerCase());
  return part && targetOf(attribute, resolved, part);
}

function targetOf(attribute: AttributeDefinition, filter: ResolvedFilter | undefined, part: AttributeDefinition | undefined): Target {
  if (attribute.parent) return { kind: 'attribute', attribute: attribute.parent, filter, part: attribute };
  return { kind: 'attribute', attribute, filter, part };
}

/** Cut, since what is quoted comes from outside and may be a megabyte. */
const quoted = (path: string): string => JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
