import { DomainError } from '../platform/errors.ts';
import { together } from './several.ts';
import { isTransient } from './statement-error.ts';
import type { Row, Statement } from './statement.ts';

/** How a batch is run: of several callers on their first free connection, or of one alone. */
export interface BatchRuns {
  /** @param board asked for the statements when a connection is there, and again should that connection turn out to be useless */
  once(board: () => readonly Statement[]): Promise<Row[][]>;
  batch(statements: readonly Statement[]): Promise<Row[][]>;
}

interface Passenger {
  readonly statements: readonly Statement[];
  readonly locks: string;
  readonly resolve: (rows: Row[][]) => void;
  readonly reject: (error: unknown) => void;
}

/** Who waits for the next trip of those that open alike. A lane is there as long as one of its trips is under way. */
interface Lane {
  readonly key: string;
  readonly opening: Statement;
  readonly isRead: boolean;
  readonly waiting: Passenger[];
  /** What those who wait, or are under way, lock. */
  readonly locked: Set<string>;
}

/** So many travel together at most: what one of them breaks, all of them do again. */
const SEATS = 32;
/** Milliseconds after which the next trip no longer waits for the one before: that one stands before a lock. */
const PATIENCE = 25;

/** Characters, or elements, of the largest value that travels in company: putting large ones together would hold up everybody. */
const LUGGAGE = 32_768;

/** Who waits for a lock keeps those of all companions meanwhile, and whoever wants these waits too: after this long each goes alone. */
const IMPATIENT: Statement = { name: 'database.impatient', text: `select set_config('lock_timeout', '500ms', true)`, values: [] };

const isLarge = (value: unknown): boolean => (typeof value === 'string' || Array.isArray(value)) && value.length > LUGGAGE;
const sameValue = (a: unknown, b: unknown): boolean => a === b || (Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b));
const sameOpening = (a: Statement, b: Statement): boolean =>
  a.name === b.name && a.values.length === b.values.length && a.values.every((value, index) => sameValue(value, b.values[index]));
const keyOf = ({ name, values }: Statement, kind: string): string =>
  [kind, name, ...values.map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))].join(' ');

/** A trip locks what others lock in the same order, or two of them may wait for each other. */
const byLocks = (a: Passenger, b: Passenger): number => (a.locks < b.locks ? -1 : a.locks > b.locks ? 1 : 0);

interface Trip {
  readonly statements: readonly Statement[];
  /** For each passenger which rows are its own, behind those of the opening. */
  readonly places: readonly (readonly number[])[];
}

/** The opening of the first is the opening of all, and what several of them write alike is one statement. */
function tripOf(passengers: readonly Passenger[], { opening, isRead }: Lane): Trip {
  const statements: Statement[] = passengers.length > 1 && !isRead ? [opening, IMPATIENT] : [opening];
  const alike = new Map<string, { readonly place: number; readonly all: [Statement, ...Statement[]] }>();
  const placeOf = (statement: Statement): number => {
    const known = alike.get(statement.name);
    if (known !== undefined) {
      known.all.push(statement);
      return known.place;
    }
    const place = statements.push(statement) - 1;
    if (statement.several !== undefined) alike.set(statement.name, { place, all: [statement] });
    return place;
  };
  const places = passengers.map((passenger) => passenger.statements.slice(1).map(placeOf));
  for (const { place, all } of alike.values()) if (all.length > 1) statements[place] = together(all);
  return { statements, places };
}

/** Before they hear: whoever hears may come again at once. */
const leave = ({ locked }: Lane, passengers: readonly Passenger[]): void => {
  for (const { locks } of passengers) locked.delete(locks);
};

/** Each hears the answer to the opening, and to what was its own. */
function shareOut(passengers: readonly Passenger[], { places }: Trip, rows: readonly Row[][]): void {
  const [opened = []] = rows;
  for (const [index, { resolve }] of passengers.entries()) resolve([opened, ...(places[index] ?? []).map((place) => rows[place] ?? [])]);
}

/**
 * Batches of many callers at the same time, for hot paths: one that opens as another does (the same token asks) waits until
 * that one is back, and then travels with all who wait: one opening, one round trip, one transaction, one flush. A batch that
 * fails takes its companions back with it, and nothing of theirs is kept; each is then sent alone and hears its own answer.
 */
export class SharedBatches {
  readonly #runs: BatchRuns;
  readonly #lanes = new Map<string, Lane>();

  constructor(runs: BatchRuns) {
    this.#runs = runs;
  }

  /**
   * @param statements the first one opens: it says on whose behalf the others run
   * @param kind of different kinds none waits for the other
   * @param locks in the order of which companions travel: what is locked, named so that others lock in the same order; who
   *   would lock what another one is about to lock goes alone, since it may find that other change and be refused for it
   */
  batch(statements: readonly Statement[], kind: 'read' | 'write', locks = ''): Promise<Row[][]> {
    const [opening] = statements;
    if (opening === undefined) return Promise.resolve([]);
    if (statements.some(({ values }) => values.some(isLarge))) return this.#runs.batch(statements);
    const key = keyOf(opening, kind);
    const known = this.#lanes.get(key);
    if (known !== undefined && (!sameOpening(known.opening, opening) || known.locked.has(locks))) return this.#runs.batch(statements);
    const lane = known ?? { key, opening, isRead: kind === 'read', waiting: [], locked: new Set<string>() };
    if (locks !== '') lane.locked.add(locks);
    return new Promise((resolve, reject) => {
      lane.waiting.push({ statements, locks, resolve, reject });
      if (known !== undefined) return;
      this.#lanes.set(key, lane);
      void this.#depart(lane);
    });
  }

  /** One trip; the next one departs when it is back, or has been away for long. */
  async #depart(lane: Lane): Promise<void> {
    let [passengers, trip]: [readonly Passenger[], Trip] = [[], { statements: [], places: [] }];
    let [patience, isNext]: [NodeJS.Timeout | undefined, boolean] = [undefined, false];
    const next = (): void => {
      if (isNext) return;
      isNext = true;
      clearTimeout(patience);
      if (lane.waiting.length > 0) void this.#depart(lane);
      else this.#lanes.delete(lane.key);
    };
    const board = (): readonly Statement[] => {
      if (passengers.length === 0) {
        passengers = lane.waiting.splice(0, SEATS).sort(byLocks);
        trip = tripOf(passengers, lane);
        patience = setTimeout(next, PATIENCE);
      }
      return trip.statements;
    };
    try {
      const rows = await this.#runs.once(board);
      leave(lane, passengers);
      shareOut(passengers, trip, rows);
    } catch (error) {
      // nobody came aboard: there was no connection, for whoever waits
      if (passengers.length === 0) passengers = lane.waiting.splice(0);
      leave(lane, passengers);
      this.#alone(passengers, error);
    } finally {
      next();
    }
  }

  /** What the server refused it has undone. Where it could not be asked, or its answer is lost, nobody knows better alone. */
  #alone(passengers: readonly Passenger[], error: unknown): void {
    const again = !(error instanceof DomainError) && (passengers.length > 1 || isTransient(error));
    for (const { statements, resolve, reject } of passengers) {
      if (again) this.#runs.batch(statements).then(resolve, reject);
      else reject(error);
    }
  }
}
