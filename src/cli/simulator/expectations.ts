/** What a vendor looks at in an answer: each function says in a sentence what is wrong, or nothing. */

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export type Expected = Readonly<Record<string, unknown>>;

const shown = (value: unknown): string => (value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing').slice(0, 200));

/** Attribute names are case-insensitive (RFC 7643 §2.1); ours are written as the RFCs write them. */
function member(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  const key = Object.keys(value).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : value[key];
}

const TYPED = /^(\w+)\[type="(\w+)"\]$/;

/** @param path names joined by `/`, since URNs hold dots; `emails[type="work"]/value` selects one of a list */
export function valueAt(body: unknown, path: string): unknown {
  return path.split('/').reduce<unknown>((value, part) => {
    const [, list, type] = TYPED.exec(part) ?? [];
    if (list === undefined) return member(value, part);
    const elements = member(value, list);
    return Array.isArray(elements) ? elements.find((element) => member(element, 'type') === type) : undefined;
  }, body);
}

const alike = (path: string, actual: unknown, wanted: unknown): boolean => {
  if (wanted === undefined) return actual === undefined || actual === null || actual === '';
  return path === 'userName' && typeof actual === 'string' && typeof wanted === 'string' ? actual.toLowerCase() === wanted.toLowerCase() : actual === wanted;
};

/** Values that must stand where the paths lead; undefined stands for “must not have a value”. */
export function holds(expected: Expected): (body: unknown) => string | undefined {
  return (body) => {
    if (!isObject(body)) return `The body is not a JSON object: ${shown(body)}.`;
    for (const [path, wanted] of Object.entries(expected)) {
      const actual = valueAt(body, path);
      if (!alike(path, actual, wanted)) return `${path} is ${shown(actual)}; it must be ${shown(wanted)}.`;
    }
    return undefined;
  };
}

/** An answer without body is fine; one with a body must tell the new state. */
export const holdsIfTold =
  (expected: Expected) =>
  (body: unknown): string | undefined =>
    body === undefined ? undefined : holds(expected)(body);

/** A resource that was created: it has an id, and what was sent. */
export function isCreated(expected: Expected): (body: unknown) => string | undefined {
  return (body) => (typeof valueAt(body, 'id') === 'string' && valueAt(body, 'id') !== '' ? holds(expected)(body) : `The answer has no id: ${shown(body)}.`);
}

/** The resources of a list. */
export function resourcesOf(body: unknown): readonly unknown[] {
  const resources = valueAt(body, 'Resources');
  return Array.isArray(resources) ? resources : [];
}

/** A list as RFC 7644 §3.4.2 has it. */
export function isList(body: unknown): string | undefined {
  const total = valueAt(body, 'totalResults');
  if (typeof total !== 'number') return `totalResults is ${shown(total)}; it must be a number.`;
  const resources = valueAt(body, 'Resources');
  if (resources !== undefined && !Array.isArray(resources)) return 'Resources is not a list.';
  return resourcesOf(body).length > total ? `There are more Resources than totalResults (${total}).` : undefined;
}

/** What a filter by one value may find: nothing, or resources with that value. A server that ignores the filter is found out. */
export function isSelection(attribute: string, value: string): (body: unknown) => string | undefined {
  return (body) => {
    const fault = isList(body);
    if (fault !== undefined) return fault;
    const other = resourcesOf(body).find((resource) => String(valueAt(resource, attribute)).toLowerCase() !== value.toLowerCase());
    return other === undefined ? undefined : `The filter asks for ${attribute} ${shown(value)} and finds ${shown(valueAt(other, attribute))}.`;
  };
}

/** The same, when it must find nothing. */
export function isEmptyList(body: unknown): string | undefined {
  return isList(body) ?? (valueAt(body, 'totalResults') === 0 ? undefined : `totalResults is ${shown(valueAt(body, 'totalResults'))}; it must be 0.`);
}

/** A group with exactly these members; `atLeast` when others may have put some in before. */
export function hasMembers(expected: ReadonlySet<string>, atLeast: boolean): (body: unknown) => string | undefined {
  return (body) => {
    const list = valueAt(body, 'members') ?? [];
    if (!Array.isArray(list)) return 'members is not a list.';
    const actual = new Set(list.map((one) => valueAt(one, 'value')));
    if (actual.size < list.length) return `members lists somebody twice (${list.length} entries, ${actual.size} people).`;
    const lost = [...expected].filter((id) => !actual.has(id));
    if (lost.length > 0) return `${lost.length} of ${expected.size} members are lost, such as ${lost[0]}.`;
    return atLeast || actual.size === expected.size ? undefined : `${actual.size - expected.size} members too many.`;
  };
}
