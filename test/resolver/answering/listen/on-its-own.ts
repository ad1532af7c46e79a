import { Worker } from 'node:worker_threads';
import { openUdp } from '../../../../resolver/answering/listen/open-udp.ts';
import { Tcp } from '../../../../resolver/answering/listen/tcp.ts';
import { DgramUdp } from '../../../../resolver/answering/listen/udp-dgram.ts';
import { Echo, Everybody, idOf, now, question } from './answering.ts';
import { asker } from './asker.ts';

// Run as a program of its own by processes.test.ts: what it shows can't be seen from inside the test runner.
const deps = { handler: new Echo(), clients: new Everybody(), now, at: [{ host: '127.0.0.1', port: 0 }] };
const notice = (sentence: string) => {
  throw new Error(sentence);
};

const scenes: Record<string, () => Promise<unknown>> = {
  /** Ends by itself only if nothing is left open. */
  async 'stop everything'() {
    for (const listener of [await openUdp({ ...deps, notice }), new DgramUdp(deps), new Tcp(deps)]) {
      await listener.start();
      await listener.stop();
    }
  },

  /** With the collector at work all the time, the kernel still writes where we read. */
  async 'collect garbage'() {
    const udp = await openUdp({ ...deps, notice });
    const [at] = await udp.start();
    const phone = await asker(at);
    for (let id = 0; id < 5_000; id++) {
      phone.ask(question(id));
      if (id % 100 < 99) continue;
      gc!();
      for (let n = id - 99; n <= id; n++) {
        const { message } = await phone.next();
        if (idOf(message) !== n || message.length !== question(n).length) throw new Error(`question ${n} was mangled`);
      }
    }
    phone.socket.close();
    await udp.stop();
  },

  /** A thread that ends without stopping its listener takes neither the process nor the port with it. */
  async 'end a listening thread'() {
    const worker = new Worker(new URL(import.meta.url), { argv: ['listen in a thread'] });
    const at = await new Promise<{ host: string; port: number }>((resolve) => worker.once('message', resolve));
    const phone = await asker(at);
    phone.ask(question(1));
    await phone.next();
    phone.socket.close();
    await worker.terminate();
    const udp = await openUdp({ ...deps, at: [at], notice });
    await udp.start();
    await udp.stop();
  },

  async 'listen in a thread'() {
    const { parentPort } = await import('node:worker_threads');
    const udp = await openUdp({ ...deps, notice });
    parentPort!.postMessage((await udp.start())[0]);
  },
};

await scenes[process.argv[2]]();
