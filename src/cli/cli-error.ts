/** Something the person at the terminal can act on: one line, exit code 1. Anything else is a defect. */
export class CliError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
  }
}
