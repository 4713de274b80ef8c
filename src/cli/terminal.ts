/** Where a command reads and writes; a test has one of its own. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Shows one line that the next one replaces; an empty one takes it away. Absent where no person is watching. */
  status?(text: string): void;
  /** All of standard input, up to a size no argument of ours needs. */
  readInput(): Promise<string>;
}

const MOST_INPUT = 1 << 20;

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
  ...(process.stderr.isTTY && { status: (text: string) => void process.stderr.write(`\r\u001b[K${text.slice(0, process.stderr.columns - 1)}`) }),
  readInput: async () => {
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      text += String(chunk);
      if (text.length > MOST_INPUT) break;
    }
    return text;
  },
};
