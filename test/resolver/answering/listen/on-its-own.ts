import { closeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { openDatagramSocket } from '../../../../resolver/answering/listen/datagram-socket.ts';
import { askerSize, batchSize } from '../../../../resolver/answering/listen/inbox.ts';
import { KernelMemory } from '../../../../resolver/answering/listen/kernel-memory.ts';
import { openLibc } from '../../../../resolver/answering/listen/libc.ts';
import { openUdp } from '../../../../resolver/answering/listen/open-udp.ts';
import { Outbox } from '../../../../resolver/answering/listen/outbox.ts';
import { Tcp } from '../../../../resolver/answering/listen/tcp.ts';
import { DgramUdp } from '../../../../resolver/answering/listen/udp-dgram.ts';
import { Echo, Everybody, idOf, now, question } from './answering.ts';
import { asker } from './asker.ts';

// Run as a program of its own by processes.test.ts and test/network: what it shows can't be seen from inside the test runner.
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

  /** In a namespace where the loopback interface has fd00::2 and fd00::3. */
  async 'answer from the address that was asked'() {
    const hostsOf = { '0.0.0.0': ['127.0.0.1', '127.0.0.9'], '::': ['fd00::2', 'fd00::3', '::1'] };
    for (const [wildcard, hosts] of Object.entries(hostsOf)) {
      const udp = await openUdp({ ...deps, at: [{ host: wildcard, port: 0 }], notice });
      const [{ port }] = await udp.start();
      const phone = await asker({ host: hosts[0], port });
      for (const host of hosts) {
        phone.ask(question(1), host);
        const { address } = await phone.next();
        if (address !== host) throw new Error(`asked ${host}, answered from ${address}`);
      }
      phone.socket.close();
      await udp.stop();
    }
  },

  /** In a namespace where nobody in 10.9.0.0/16 can be reached: what is sent there waits in the send buffer. */
  async 'fill the send buffer'() {
    const libc = await openLibc();
    const { fd, sends } = openDatagramSocket(libc, { host: '10.9.0.1', port: 0 }, false);
    const memory = new KernelMemory(libc, Outbox.size + batchSize * askerSize + 4096);
    const outbox = new Outbox(libc, memory, 16, 0);
    const askers = memory.take(batchSize * askerSize);
    const batches = 400;
    for (let batch = 0; batch < batches; batch++) {
      for (let slot = 0; slot < batchSize; slot++) {
        const at = askers + slot * askerSize;
        memory.bytes.set([2, 0, 0, 53, 10, 9, 1, slot], at);
        outbox.add(1000, at);
      }
      outbox.send(sends);
      if (!outbox.empty) throw new Error('answers stay behind');
    }
    const { answered, unsendable } = outbox;
    if (unsendable === 0 || answered === 0 || answered + unsendable !== batches * batchSize) {
      throw new Error(`${answered} sent, ${unsendable} not`);
    }
    closeSync(fd);
    closeSync(sends);
  },

  async 'listen in a thread'() {
    const { parentPort } = await import('node:worker_threads');
    const udp = await openUdp({ ...deps, notice });
    parentPort!.postMessage((await udp.start())[0]);
  },
};

await scenes[process.argv[2]]();
