import type { ScimScopeWanted } from '../../domain/credentials/index.ts';
import type { Feed } from '../../provisioning/index.ts';
import type { Preconditions } from './entity-tag.ts';
import type { JsonValue } from './resource-json.ts';
import type { ScimService } from './scim-service.ts';

/** One request of a SCIM client, with the transport taken off it: `/Bulk` makes such requests too. */
export interface ScimRequest {
  readonly method: string;
  /** Below the base, without query: `/Users/2819…`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly preconditions: Preconditions;
  readonly body: JsonValue | undefined;
  readonly requestId: string;
  /** Made of the token; never to be told. */
  readonly holder: string;
  /** The opening statement of every batch: authenticates and sets organization and connection. Who writes does so by {@link openToWrite}. */
  readonly open: (wanted: ScimScopeWanted, writes: boolean, known?: string) => Feed['open'];
  /** The service with what the organization's schemas say now, for who did not know what is unique. */
  readonly renew?: () => Promise<ScimService>;
  /** Told of what becomes a 500 inside an answer that succeeds. */
  readonly onDefect: (error: unknown) => void;
}

export interface ScimAnswer {
  readonly status: number;
  /** JSON text; absent where there is nothing to say (204, 304). */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers one request; refuses by throwing. */
export type Handler = (service: ScimService, request: ScimRequest) => Promise<ScimAnswer>;

/** Opens for a write by what the service takes for unique: where that is not what is unique now, the write is undone. */
export const openToWrite = ({ registry }: ScimService, request: ScimRequest, wanted: ScimScopeWanted): Feed['open'] => request.open(wanted, true, registry.unique?.mark);

export const feedOf = (service: ScimService, request: ScimRequest, wanted: ScimScopeWanted): Feed => ({ open: openToWrite(service, request, wanted), requestId: request.requestId, holder: request.holder });
