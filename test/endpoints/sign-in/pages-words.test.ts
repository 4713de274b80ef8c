import { expect } from 'chai';
import { german } from '#hub/endpoints/sign-in/pages/words.de.js';
import { english } from '#hub/endpoints/sign-in/pages/words.en.js';
import { chooseWords, say, sayDuration, sayPlainly } from '#hub/endpoints/sign-in/pages/words.js';

/** Every sentence by its path, for example `consent.lead`. */
function sentences(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : sentences(value as object, `${path}${key}.`),
  );
}

const placesOf = (sentence: string): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

const chosen = (header: string | undefined): string => chooseWords(header).language;

describe('the words of the sign-in pages', () => {
  it('are the same in number and places in every language, and none is empty', () => {
    const shape = (words: object): [string, string[]][] => sentences(words).map(([path, sentence]) => [path, placesOf(sentence)]);
    expect(shape(german)).to.deep.equal(shape(english));
    expect([...sentences(english), ...sentences(german)].filter(([, sentence]) => sentence.trim() === '')).to.deep.equal([]);
  });

  it('are chosen by what the browser likes best', () => {
    expect(chosen('de-AT,de;q=0.9,en;q=0.8')).to.equal('de');
    expect(chosen('fr, de;q=0.3, en;q=0.7')).to.equal('en');
    expect(chosen('en;q=0.1, de;q=0.2')).to.equal('de');
    expect(chosen('DE')).to.equal('de');
    expect(chosen('de;q=0, fr')).to.equal('en');
    for (const nothing of [undefined, '', '*', 'fr', ';;;,,,', '__proto__', 'd'.repeat(100_000), 'x,'.repeat(50_000)])
      expect(chosen(nothing), String(nothing).slice(0, 20)).to.equal('en');
  });

  it('are filled with names that cannot become markup or further places', () => {
    expect(say('Hello {name}!', { name: '<b>{name}</b>' }).toString()).to.equal('Hello <strong><bdi>&lt;b&gt;{name}&lt;/b&gt;</bdi></strong>!');
    expect(sayPlainly('{a} and {b}', { a: '{b}', b: 'x$&' })).to.equal('{b} and x$&');
  });

  it('round a time to wait up, to the largest honest unit', () => {
    expect([0, 1, 30, 90, 91, 121, 5400, 5401].map((seconds) => sayDuration(english, seconds))).to.deep.equal([
      '1 second',
      '1 second',
      '30 seconds',
      '90 seconds',
      '2 minutes',
      '3 minutes',
      '90 minutes',
      '2 hours',
    ]);
    expect(sayDuration(german, 180)).to.equal('3 Minuten');
    expect(sayDuration(english, Number.NaN)).to.equal('60 seconds');
  });
});
