import type { HttpWire, WireReply, WireRequest } from './http-wire.ts';

/** One request and what its answer must be: a wrong answer is an error, never a fast success. */
export interface Exercise {
  readonly request: WireRequest;
  readonly isRight: (reply: WireReply) => boolean;
}

export interface Turn {
  /** Of right answers, in milliseconds. */
  readonly latencies: readonly number[];
  readonly elapsed: number;
  readonly errors: number;
  readonly firstError: string | undefined;
}

const MOST_ERRORS = 50;

/**
 * Every connection sends its next request when it has the answer to the last, until the time is over, the exercises are
 * used up (`next` says undefined) or too much has gone wrong.
 */
export async function closedLoop(wires: readonly HttpWire[], milliseconds: number, next: () => Exercise | undefined): Promise<Turn> {
  const latencies: number[] = [];
  let [errors, firstError]: [number, string | undefined] = [0, undefined];
  const began = performance.now();
  const work = async (wire: HttpWire): Promise<void> => {
    while (performance.now() - began < milliseconds && errors < MOST_ERRORS) {
      const exercise = next();
      if (exercise === undefined) return;
      const sent = performance.now();
      const reply = await wire.send(exercise.request).catch((error: unknown) => ({ status: 0, body: String(error) }));
      if (exercise.isRight(reply)) latencies.push(performance.now() - sent);
      else {
        errors += 1;
        firstError ??= `${exercise.request.method} ${exercise.request.path}: ${reply.status} ${reply.body.slice(0, 200)}`;
      }
    }
  };
  await Promise.all(wires.map(work));
  return { latencies, elapsed: performance.now() - began, errors, firstError };
}
