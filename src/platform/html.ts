/** Markup that is known to be safe: it was written in a template of this room, or escaped by one. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What a template takes: text is escaped, `Html` is kept, lists are joined, and nothing is nothing. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/**
 * Characters that have no glyph of their own but change what stands around them: controls, direction overrides
 * (a name could make its neighbours read backwards) and lone surrogates, which are not encodable.
 */
const UNPRINTABLE = /(?![\t\n\r])\p{Cc}|[\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/gu;

/** Text as a person may safely be shown it, outside of markup. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, '\uFFFD');

const escape = (text: string): string => printable(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(render).join('');
  return escape(String(value));
}

/**
 * The template tag every page is written with. Everything put into it is escaped unless it is `Html` itself.
 * Escaping is enough inside text and quoted attributes only, so an unquoted attribute is refused at once.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = strings[0] ?? '';
  values.forEach((value, index) => {
    if (markup.endsWith('=')) throw new TypeError('Put quotes around the attribute value.');
    markup += render(value) + (strings[index + 1] ?? '');
  });
  return new Html(markup);
}

/** Markup of this room's own making (the stylesheet, an icon). Never for anything that came from outside. */
export const constantMarkup = (markup: string): Html => new Html(markup);
