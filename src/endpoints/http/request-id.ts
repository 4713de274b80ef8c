import type { Request, RequestHandler } from 'express';
import { uuidv7 } from '../../platform/uuid.ts';

/** What a caller may bring along: it ends up in logs and audit, so it is short and plain. */
const ACCEPTABLE = /^[A-Za-z0-9._:-]{8,128}$/;

const ids = new WeakMap<object, string>();

/** The id of this request: the caller's own when acceptable, else a new one. */
export function requestIdOf(request: Request): string {
  const known = ids.get(request);
  if (known !== undefined) return known;
  const brought = request.get('X-Request-Id');
  const id = brought !== undefined && ACCEPTABLE.test(brought) ? brought : uuidv7();
  ids.set(request, id);
  return id;
}

/** Echoes the request id in every answer. */
export const requestId: RequestHandler = (request, response, next) => {
  response.setHeader('X-Request-Id', requestIdOf(request));
  next();
};
