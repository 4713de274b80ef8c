import type pg from 'pg';
import utils from 'pg/lib/utils.js';
import type { Row, Statement } from './statement.ts';
import { parserFor } from './value-types.ts';

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** What a connection knows of one prepared statement. `columns` is undefined until the server described it once. */
interface Prepared {
  readonly name: string;
  readonly text: string;
  columns: readonly Column[] | undefined;
}

/**
 * The prepared statements of one connection. The server describes each once: if the result type changes later it
 * raises 0A000 instead of answering in another shape, so the remembered columns can never be wrong.
 */
export class PreparedStatements {
  readonly #known = new Map<string, Prepared>();
  /** Parse messages sent and not yet acknowledged, in order. An error in one leaves the rest unparsed. */
  #unacknowledged: Prepared[] = [];

  constructor(connection: pg.Connection) {
    connection.on('parseComplete', () => this.#unacknowledged.shift());
  }

  get(name: string): Prepared | undefined {
    return this.#known.get(name);
  }

  add(statement: Statement): Prepared {
    const prepared: Prepared = { name: statement.name, text: statement.text, columns: undefined };
    if (statement.name !== '') this.#known.set(statement.name, prepared);
    this.#unacknowledged.push(prepared);
    return prepared;
  }

  /** After an error: what was not acknowledged does not exist on the server. */
  forgetUnacknowledged(): void {
    for (const prepared of this.#unacknowledged) this.#known.delete(prepared.name);
    this.#unacknowledged = [];
  }
}

type WireValue = string | Buffer | null;
interface Step {
  readonly statement: Statement;
  readonly values: WireValue[];
  readonly rows: Row[];
  prepared: Prepared | undefined;
}

/** The wire methods of `pg.Connection`, whose published types still show an older signature. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string; types: [] }): void;
  bind(message: { portal: ''; statement: string; values: WireValue[]; binary: false; valueMapper: (value: WireValue) => WireValue }): void;
  describe(message: { type: 'P'; name: '' }): void;
  execute(message: { portal: ''; rows: 0 }): void;
  sync(): void;
}

const asIs = (value: WireValue): WireValue => value;

/**
 * Several statements before one Sync: one write, one answer, one implicit transaction. The server commits at Sync, or
 * skips everything after the first error and rolls back (PostgreSQL manual, "Extended Query: Pipelining").
 * `pg` drives it as a custom query object; its own pipeline mode refuses those, so one batch is in flight per connection.
 */
export class OneSync implements pg.Submittable {
  readonly promise: Promise<Row[][]>;
  readonly #steps: readonly Step[];
  readonly #statements: PreparedStatements;
  #resolve: (rows: Row[][]) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #current = 0;

  /** Converts every value first: one that cannot be bound throws here, before anything is sent. */
  constructor(statements: readonly Statement[], prepared: PreparedStatements) {
    this.#statements = prepared;
    this.#steps = statements.map((statement) => {
      const known = prepared.get(statement.name);
      if (known !== undefined && known.text !== statement.text) throw new Error(`two statements are named ${statement.name}`);
      return { statement, values: statement.values.map((value) => utils.prepareValue(value)), rows: [], prepared: undefined };
    });
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** No statement was completed yet, so the server has not come to the Sync, and has committed nothing. */
  get untouched(): boolean {
    return this.#current === 0;
  }

  submit(connection: pg.Connection): void {
    const wire = connection as unknown as Wire;
    wire.stream.cork();
    try {
      for (const step of this.#steps) this.#send(wire, step);
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  }

  #send(wire: Wire, step: Step): void {
    const { name, text } = step.statement;
    let prepared = this.#statements.get(name);
    if (prepared === undefined) {
      wire.parse({ name, text, types: [] });
      prepared = this.#statements.add(step.statement);
    }
    step.prepared = prepared;
    wire.bind({ portal: '', statement: name, values: step.values, binary: false, valueMapper: asIs });
    if (prepared.columns === undefined) wire.describe({ type: 'P', name: '' });
    wire.execute({ portal: '', rows: 0 });
  }

  handleRowDescription(message: { fields: readonly pg.FieldDef[] }): void {
    const prepared = this.#steps[this.#current]?.prepared;
    if (prepared !== undefined) prepared.columns = message.fields.map(({ name, dataTypeID }) => ({ name, parse: parserFor(dataTypeID) }));
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    const step = this.#steps[this.#current];
    const columns = step?.prepared?.columns;
    if (step === undefined || columns === undefined) return;
    const row: Row = {};
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i];
      const text = message.fields[i];
      if (column !== undefined) row[column.name] = text === null || text === undefined ? null : column.parse(text);
    }
    step.rows.push(row);
  }

  handleCommandComplete(): void {
    const prepared = this.#steps[this.#current]?.prepared;
    // no RowDescription came: the statement returns no rows, and need not be described again
    if (prepared !== undefined) prepared.columns ??= [];
    this.#current += 1;
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete();
  }

  handleError(error: unknown): void {
    this.#statements.forgetUnacknowledged();
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#steps.map((step) => step.rows));
  }

  handlePortalSuspended(): void {
    throw new Error('a batch never limits its rows, so no portal is ever suspended');
  }

  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('COPY is not part of a batch');
  }

  handleCopyData(): void {
    // rows of COPY … TO STDOUT have no place in a batch; they are dropped, and the command completes as usual
  }
}
