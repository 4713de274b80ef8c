import type { Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { operatorOperation } from './admin-operation.ts';

interface Resealed {
  readonly connections: number;
  readonly applications: number;
  readonly signingKeys: number;
}

const PORTION = 200;

/** Organization by organization, each in a transaction of its own: cut short, it can simply be called again. */
async function resealAll({ organizations, connections, applications, signingKeys }: AdminDependencies, actor: string): Promise<Resealed> {
  const sum = { connections: 0, applications: await applications.reseal(actor, undefined), signingKeys: await signingKeys.reseal() };
  for (let after = '', more = true; more; ) {
    const portion = await organizations.list(PORTION, after);
    for (const { id } of portion) {
      sum.connections += await connections.reseal(id);
      sum.applications += await applications.reseal(actor, id);
    }
    after = portion.at(-1)?.slug ?? after;
    more = portion.length === PORTION;
  }
  return sum;
}

const count = { type: 'integer', minimum: 0 } as const;

const reseal = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    {
      id: 'resealSecrets',
      method: 'post',
      path: '/admin/keys/reseal',
      tag: 'installation',
      summary: 'Seals with the present master secret whatever a previous one has sealed, so that the previous one can be dropped. May be called again.',
      answer: {
        status: 200,
        description: 'How much was sealed anew.',
        schema: {
          type: 'object',
          additionalProperties: false,
          required: ['connections', 'applications', 'signingKeys'],
          properties: { connections: count, applications: count, signingKeys: count },
        },
      },
    },
    async ({ requestId }, { actor }) => {
      const resealed = await resealAll(dependencies, actor);
      const event = { action: 'secrets.resealed', targetType: 'instance', targetId: 'secrets', details: { ...resealed }, requestId };
      await dependencies.changes.inInstance(actor, () => Promise.resolve({ result: undefined, events: [event] }));
      return resealed;
    },
  );

/** The secrets of the installation, at rest. */
export const secretOperations = (dependencies: AdminDependencies): Operation[] => [reseal].map((operation) => operation(dependencies));
