import { parentPort, workerData } from 'node:worker_threads';
import { type Config, loadConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

/** What the thread answers with; it ends then. */
export type ReadConfig = { readonly config: Config } | { readonly problems: readonly string[] };

if (!parentPort) throw new Error('this module runs on a thread of its own');
parentPort.postMessage(read());

function read(): ReadConfig {
  try {
    return { config: loadConfig({ env: process.env, cwd: workerData.cwd }) };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}
