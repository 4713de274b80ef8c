import type { ObjectSchema } from './from-schema.ts';
import type { Operation } from './operation.ts';

export interface ApiDescription {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Where the paths begin. */
  readonly serverUrl: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'One sentence for a person.' },
    code: { type: 'string', description: 'Stable; explained in the table of errors.' },
    requestId: { type: 'string' },
    details: { type: 'object' },
  },
} as const;

const parametersOf = (where: 'path' | 'query', schema: ObjectSchema | undefined): object[] =>
  Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (schema?.required ?? []).includes(name),
    schema: property,
  }));

function describedOperation({ document }: Operation): object {
  const { answer } = document;
  return {
    operationId: document.id,
    tags: [document.tag],
    summary: document.summary,
    ...(document.description === undefined ? {} : { description: document.description }),
    parameters: [...parametersOf('path', document.params), ...parametersOf('query', document.query)],
    ...(document.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: document.body } } } }),
    responses: {
      [String(answer.status)]: {
        description: answer.description,
        ...(answer.schema === undefined ? {} : { content: { 'application/json': { schema: answer.schema } } }),
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

/** The OpenAPI 3.1 document of these operations: made of the very schemas that requests are checked against. */
export function openApiDocument(description: ApiDescription, operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) (paths[operation.document.path] ??= {})[operation.document.method] = describedOperation(operation);
  return {
    openapi: '3.1.0',
    info: { title: description.title, version: description.version, description: description.description },
    servers: [{ url: description.serverUrl }],
    tags: description.tags,
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema },
      responses: {
        Problem: {
          description: 'Why it was not done (RFC 9457).',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}
