/** What is wrong with one token of a text that an administrator wrote. */
export interface TextFault {
  /** From 1, counting real line breaks only. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors show it. */
  readonly column: number;
  /** The offending text, shortened. */
  readonly text: string;
  readonly reason: string;
}

/** A fault as a reader finds it: by its place in the text. */
export interface FaultAt {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

const MAX_FAULTS = 100;
const MAX_SHOWN = 80;

/** Turns offsets into lines and columns. Faults beyond the hundredth are left out: they no longer help anyone. */
export function locateFaults(text: string, faults: readonly FaultAt[]): readonly TextFault[] {
  let line = 1;
  let lineStart = 0;
  let seen = 0;
  return [...faults]
    .sort((left, right) => left.start - right.start)
    .slice(0, MAX_FAULTS)
    .map(({ start, end, reason }) => {
      for (; seen < start; seen += 1)
        if (text[seen] === '\n') {
          line += 1;
          lineStart = seen + 1;
        }
      return { line, column: start - lineStart + 1, text: text.slice(start, Math.min(end, start + MAX_SHOWN)).trim(), reason };
    });
}

/** `1:14 "admin!" is not a role name …` */
export const describeFault = ({ line, column, text, reason }: TextFault): string => `${line}:${column} ${JSON.stringify(text)} ${reason}`;
