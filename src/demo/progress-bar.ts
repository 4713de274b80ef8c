/** Where progress is shown: on a terminal in lines that grow, elsewhere one line for each phase that has ended. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const WIDTH = 24;
const BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** The bar alone: `████▌······`. */
export function barOf(done: number, total: number): string {
  const eighths = total === 0 ? WIDTH * 8 : Math.floor((Math.min(done, total) / total) * WIDTH * 8);
  return `${'█'.repeat(Math.floor(eighths / 8))}${BLOCKS[eighths % 8] ?? ''}`.padEnd(WIDTH, '·');
}

/** How far the phases of one undertaking are. */
export class ProgressBar {
  readonly #output: ProgressOutput;
  readonly #label: string;

  constructor(output: ProgressOutput, label: string) {
    this.#output = output;
    this.#label = label;
  }

  show(phase: string, done: number, total: number): void {
    const terminal = this.#output.isTTY === true;
    const ended = done >= total;
    if (!terminal && !ended) return;
    const line = `  ${this.#label} ${barOf(done, total)} ${done} of ${total} ${phase}`;
    this.#output.write(`${terminal ? '\r\u001b[K' : ''}${line}${ended ? '\n' : ''}`);
  }
}
