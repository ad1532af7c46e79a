import { parentPort, workerData } from 'node:worker_threads';
import type { ToAnswering } from '../between/messages.ts';
import { Answering, type AnsweringOptions } from './answering.ts';

/** A further answering thread: the same plane on the same ports, with a cache and a ring of its own. */
type FromMain = ToAnswering | { readonly kind: 'control-is-back' } | { readonly kind: 'stop' };

if (!parentPort) throw new Error('this module runs on a thread of its own');
const port = parentPort;
const answering = await Answering.create(workerData as AnsweringOptions, (message) => port.postMessage(message));
await answering.start();
port.on('message', async (message: FromMain) => {
  if (message.kind === 'control-is-back') answering.controlIsBack();
  else if (message.kind !== 'stop') answering.receive(message);
  else {
    await answering.stop();
    port.close();
  }
});
