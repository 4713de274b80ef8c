import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { requestId } from './request-id.ts';

export interface HttpAppOptions {
  /** How many reverse proxies in front are ours: only their word about the caller's address is believed. */
  readonly trustedProxyHops: number;
  /** Whether the hub is reached by https: then browsers are told to stay there, by every answer (RFC 6797). */
  readonly https?: boolean;
}

/** An express application with what every endpoint of ours takes for granted. */
export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', options.trustedProxyHops);
  // Parameters are text or repeated text, never nested objects made of brackets.
  app.set('query parser', 'simple');
  app.use(requestId);
  if (options.https === true) {
    app.use((_request, response, next) => {
      response.setHeader('Strict-Transport-Security', 'max-age=31536000');
      next();
    });
  }
  return app;
}

/**
 * Headers of an API that no browser should ever show, frame, sniff or keep.
 * @param https whether the hub is reached by https, so that browsers may be told to stay there
 */
export function apiHeaders(https: boolean): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.setHeader('Cache-Control', 'no-store');
      next();
    },
  ];
}
