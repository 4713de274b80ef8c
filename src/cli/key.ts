import { leaf, show, type Noun } from './command.ts';
import { printTable, type Columns } from './output.ts';
import type { Json } from './admin-client.ts';

const columns: Columns = [
  ['KEY ID', (row) => row['kid']],
  ['ALGORITHM', (row) => row['alg']],
  ['STATE', (row) => row['state']],
  ['SINCE', (row) => row['changedAt']],
];

const printKeys = (answer: Json): string => printTable(Array.isArray(answer['items']) ? (answer['items'] as Json[]) : [], columns);

/** `gatehouse key`. */
export const key: Noun = (program, tools) => {
  const noun = program.command('key').description('the keys that sign tokens, and the secret that seals them');
  leaf(noun, 'rotate', 'make a new key for every algorithm: shown first, signing after the usual time', ['key rotate', 'key rotate --immediately'])
    .option('--immediately', 'sign with it at once, since the present key must not be used any more')
    .action(async (options: { json?: boolean; immediately?: boolean }) => {
      show(tools, options, await tools.client().send('POST', '/keys/rotate', { immediately: options.immediately === true }), printKeys);
    });
  leaf(noun, 'reseal', 'seal stored secrets with the present master secret, so that GATEHOUSE_PREVIOUS_SECRETS can be dropped', ['key reseal']).action(async (options: { json?: boolean }) => {
    const answer = await tools.client().send('POST', '/keys/reseal');
    show(tools, options, answer, ({ connections, applications, signingKeys }) => `sealed anew: ${String(connections)} connections, ${String(applications)} applications, ${String(signingKeys)} signing keys`);
  });
  leaf(noun, 'list', 'list the keys, without their private halves', ['key list']).action(async (options: { json?: boolean }) => {
    show(tools, options, await tools.client().get('/keys'), printKeys);
  });
};
