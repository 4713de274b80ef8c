import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Keeps compiled code between starts, where node can (22.1 on); before the large imports. Beside the packages and never in
 * a temporary or data directory: whoever can write there already decides what runs. Without the right to write, nothing is kept.
 */
export function keepCompiledCode(): void {
  if (!('enableCompileCache' in nodeModule) || typeof nodeModule.enableCompileCache !== 'function') return;
  nodeModule.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/gatehouse', import.meta.url)));
}
