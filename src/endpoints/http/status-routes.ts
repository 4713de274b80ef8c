import { Router } from 'express';

export interface StatusSources {
  /** Whether requests are served: everything is open and nothing is being closed. */
  readonly isReady: () => boolean;
  /** Asks the database a trivial question; rejects when it does not answer. */
  readonly probe: () => Promise<void>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
}

/** `/healthz` (alive), `/readyz` (serving) and `/metrics`, for whoever runs the hub. */
export function createStatusRoutes({ isReady, probe, metrics }: StatusSources): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ status: 'alive' }));
  router.get('/readyz', async (_request, response) => {
    const serving =
      isReady() &&
      (await probe().then(
        () => true,
        () => false,
      ));
    response.status(serving ? 200 : 503).json({ status: serving ? 'serving' : 'not serving' });
  });
  router.get('/metrics', async (_request, response) => void response.type(metrics.contentType).send(await metrics.text()));
  return router;
}
