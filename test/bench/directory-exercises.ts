import { createHash } from 'node:crypto';
import { numberedUser } from '../support/many-users.ts';
import type { Exercise } from './closed-loop.ts';
import type { ScimSubject } from './scim-subject.ts';

const PAGE = 100;

/** The word in a filler user's names, as the database computed it. */
const wordOf = (n: number): string => createHash('md5').update(`w${n}`).digest('hex').slice(0, 8);

interface List {
  readonly totalResults?: number;
  readonly nextCursor?: string;
  readonly Resources?: readonly { readonly id?: string }[];
}

function listing(subject: ScimSubject, query: Readonly<Record<string, string>>, isRight: (list: List) => boolean): Exercise {
  return {
    request: { method: 'GET', path: subject.at(`/Users?${new URLSearchParams(query).toString()}`) },
    isRight: ({ status, body }) => status === 200 && isRight(JSON.parse(body) as List),
  };
}

const isFullPage = ({ Resources }: List): boolean => Resources?.length === PAGE;

/** Page after page from where the last one ended, and from the beginning after the end. */
function cursorWalk(subject: ScimSubject): () => Exercise {
  let cursor = '';
  return () =>
    listing(subject, { cursor, count: String(PAGE) }, (list) => {
      cursor = list.nextCursor ?? '';
      return isFullPage(list);
    });
}

/** Every way into a directory of this size that is measured. */
export function directoryExercises(subject: ScimSubject, size: number): Readonly<Record<string, (n: number) => Exercise>> {
  const someone = (n: number): number => 1 + ((n * 7919) % size);
  return {
    read: (n) => {
      const id = numberedUser(someone(n));
      return { request: { method: 'GET', path: subject.at(`/Users/${id}`) }, isRight: ({ status, body }) => status === 200 && body.includes(id) };
    },
    'userName eq': (n) => {
      const number = someone(n);
      return listing(subject, { filter: `userName eq "person${number}.${wordOf(number)}@example.com"` }, ({ totalResults, Resources }) => totalResults === 1 && Resources?.[0]?.id === numberedUser(number));
    },
    'displayName co': (n) => {
      const number = someone(n);
      return listing(subject, { filter: `displayName co "${wordOf(number).slice(1)}"` }, ({ Resources }) => Resources?.some(({ id }) => id === numberedUser(number)) === true);
    },
    'first page': () => listing(subject, { startIndex: '1', count: String(PAGE) }, isFullPage),
    'last page by index': () => listing(subject, { startIndex: String(size - PAGE + 1), count: String(PAGE) }, isFullPage),
    'page by cursor': cursorWalk(subject),
  };
}
