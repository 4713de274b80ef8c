import { html, printable } from '../../../platform/html.ts';
import type { Html } from '../../../platform/html.ts';
import { german } from './words.de.ts';
import { english } from './words.en.ts';
import type { Words } from './words.en.ts';

export type { Words } from './words.en.ts';

/** Every language the pages speak, by its primary subtag (RFC 5646 §2.2.1). The first is the one for everybody else. */
const LANGUAGES: ReadonlyMap<string, Words> = new Map([
  ['en', english],
  ['de', german],
]);

/** Browsers send a handful of languages; whoever sends more is not asking for words. */
const MOST_LANGUAGES = 20;

/** Longer names are cut: they come from directories and registrations, and a page has to stay readable. */
const LONGEST_NAME = 120;

/**
 * The words for a browser's `Accept-Language` (RFC 9110 §12.5.4): the best-liked language that is spoken here, regions
 * ignored, `*` and everything unreadable meaning English.
 */
export function chooseWords(acceptLanguage: string | undefined): Words {
  const wishes = (acceptLanguage ?? '')
    .split(',', MOST_LANGUAGES)
    .map((entry) => {
      const [range = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean) ?? '1';
      return { language: range.split('-', 1)[0]?.trim() ?? '', weight: Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((left, right) => right.weight - left.weight);
  for (const { language } of wishes) {
    const words = LANGUAGES.get(language);
    if (words !== undefined) return words;
  }
  return english;
}

const cut = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

/** A name from outside, kept apart from the text around it whatever its direction. */
export const nameOf = (name: string): Html => html`<bdi>${cut(name)}</bdi>`;

/** A sentence with its `{places}` filled by names; the names stand out and cannot reach into the sentence. */
export function say(sentence: string, names: Readonly<Record<string, string | undefined>> = {}): Html {
  const parts = sentence.split(/\{(\w+)\}/);
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<strong>${nameOf(names[part] ?? '')}</strong>`))}`;
}

/** The same as plain text, for titles. */
export const sayPlainly = (sentence: string, names: Readonly<Record<string, string | undefined>> = {}): string =>
  sentence.replace(/\{(\w+)\}/g, (_, place: string) => printable(cut(names[place] ?? '')));

/** A time to wait, in the largest unit that is not misleading, rounded up so that waiting it is enough. */
export function sayDuration(words: Words, seconds: number): string {
  const asked = Number.isFinite(seconds) ? Math.max(1, seconds) : 60;
  const [size, unit] = asked <= 90 ? ([1, 'second'] as const) : asked <= 90 * 60 ? ([60, 'minute'] as const) : ([3600, 'hour'] as const);
  return new Intl.NumberFormat(words.language, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(asked / size));
}
