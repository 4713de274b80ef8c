const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const attributesOf = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, value]));

/** The tags of a page in order, and what is wrong with how they nest. Content of `style` and `script` is not markup. */
function readTags(page: string): { tags: Tag[]; faults: string[] } {
  const tags: Tag[] = [];
  const faults: string[] = [];
  const open: string[] = [];
  const markup = page.replace(/(<(style|script)>)[^<]*(<\/\2>)/g, '$1$3');
  for (const [, slash, name = '', rest = ''] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi)) {
    if (slash === '/') {
      const expected = open.pop();
      if (expected !== name) faults.push(`</${name}> closes <${expected}>`);
    } else {
      tags.push({ name, attributes: attributesOf(rest.replace(/\/$/, '')) });
      if (!VOID.has(name) && !rest.endsWith('/')) open.push(name);
    }
  }
  return { tags, faults: [...faults, ...open.map((name) => `<${name}> is never closed`)] };
}

/** What is wrong with a page's structure: nesting, landmarks, headings, labels, references, anything that would run. */
export function structureFaults(page: string): string[] {
  const { tags, faults } = readTags(page);
  const named = (name: string): Tag[] => tags.filter((tag) => tag.name === name);
  const must = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
  must(page.startsWith('<!doctype html>'), 'no doctype');
  must(/^[a-z]{2}$/.test(named('html')[0]?.attributes.get('lang') ?? ''), 'no language');
  for (const name of ['title', 'main', 'header', 'footer', 'h1']) must(named(name).length === 1, `not exactly one <${name}>`);
  must(new Set(ids).size === ids.length, 'an id stands twice');
  for (const { name, attributes } of tags) {
    for (const reference of ['aria-describedby', 'aria-labelledby', 'for', 'form']) {
      const id = attributes.get(reference);
      must(id === undefined || ids.includes(id), `${name} refers to ${reference}="${id}", which is not there`);
    }
    for (const attribute of attributes.keys()) must(!/^on|^style$/.test(attribute), `<${name}> carries ${attribute}`);
    must(!/^\s*javascript:/i.test(attributes.get('href') ?? attributes.get('src') ?? attributes.get('action') ?? ''), `<${name}> leads to javascript:`);
  }
  for (const { attributes } of named('input')) {
    const seen = attributes.get('type') !== 'hidden' && !attributes.has('hidden');
    must(!seen || named('label').some((label) => label.attributes.get('for') === attributes.get('id')), `input ${attributes.get('name')} has no label`);
    must(!seen || attributes.has('autocomplete'), `input ${attributes.get('name')} does not say what it is for`);
  }
  for (const { attributes } of named('img')) must(attributes.has('alt'), 'an image without alt');
  return faults;
}
