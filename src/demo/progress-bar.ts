/** Where progress is shown; on a terminal in one line, elsewhere once at the end. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const WIDTH = 24;
const BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** The bar alone: `████▌      `. */
export function barOf(done: number, total: number): string {
  const eighths = total === 0 ? WIDTH * 8 : Math.floor((Math.min(done, total) / total) * WIDTH * 8);
  return `${'█'.repeat(Math.floor(eighths / 8))}${BLOCKS[eighths % 8] ?? ''}`.padEnd(WIDTH, '·');
}

/** Counts what has arrived. */
export class ProgressBar {
  readonly #output: ProgressOutput;
  readonly #label: string;
  readonly #total: number;
  #done = 0;
  #shown = '';

  constructor(output: ProgressOutput, label: string, total: number) {
    this.#output = output;
    this.#label = label;
    this.#total = total;
  }

  step(): void {
    this.#done += 1;
    const finished = this.#done === this.#total;
    if (this.#output.isTTY !== true && !finished) return;
    const line = `  ${this.#label} ${barOf(this.#done, this.#total)} ${this.#done} of ${this.#total}`;
    if (line === this.#shown) return;
    this.#shown = line;
    this.#output.write(`${this.#output.isTTY === true ? '\r' : ''}${line}${finished ? '\n' : ''}`);
  }
}
