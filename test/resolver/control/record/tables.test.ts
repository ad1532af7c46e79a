import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Courier } from '../../../../resolver/answering/courier.ts';
import type { SentBatch, ToControl } from '../../../../resolver/between/messages.ts';
import { Arrivals } from '../../../../resolver/control/record/arrivals.ts';
import { Tables } from '../../../../resolver/control/record/tables.ts';
import { query } from '../../answering/messages.ts';
import { SmallHouse } from '../../answering/small-house.ts';

/** Answering that records, and a control that takes, confirms, and dies when it is told to. */
function household() {
  const small = new SmallHouse(() => new Uint8Array(), { guard: { rate: 1e6, burst: 1e6 } });
  const stored: string[] = [];
  let tables = new Tables();
  let arrivals = new Arrivals();
  let unconfirmed: { sequence: number; names: string[] }[] = [];
  const send = (message: ToControl) => {
    if (message.kind !== 'attempts') return;
    const batch = tables.read(message);
    if (!batch || !arrivals.accepts(batch, message.oldest)) return;
    unconfirmed.push({
      sequence: batch.sequence,
      names: batch.attempts().map(({ device, domain }) => `${device} ${domain}`),
    });
  };
  const courier = new Courier(small.ring, small.clients, send);
  courier.start();
  return {
    small,
    stored,
    flush: () => small.ring.onHalfFull(),
    confirm: (most: number) => {
      for (const { sequence, names } of unconfirmed.splice(0, most)) {
        stored.push(...names);
        courier.confirm(small.ring.boot, sequence);
      }
    },
    restart: () => {
      tables = new Tables();
      arrivals = new Arrivals();
      unconfirmed = [];
      courier.resend();
    },
    stop: () => courier.stop(),
  };
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ device: fc.integer({ min: 1, max: 4 }), name: fc.integer({ min: 0, max: 30 }) }),
  },
  { weight: 3, arbitrary: fc.constant('flush' as const) },
  { weight: 2, arbitrary: fc.constantFrom(1, 2, 5) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

test('however often control starts anew and whatever it has confirmed by then, each attempt comes once and as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const { small, stored, flush, confirm, restart, stop } = household();
      const asked: string[] = [];
      for (const one of steps) {
        if (one === 'flush') flush();
        else if (one === 'restart') restart();
        else if (typeof one === 'number') confirm(one);
        else {
          const [device, domain] = [`192.168.1.${one.device}`, `n${one.name}.mistat.example`];
          await small.ask(query(domain), device);
          asked.push(`${device} ${domain}`);
        }
      }
      flush();
      confirm(Number.POSITIVE_INFINITY);
      // Those that are alike within a second stand together.
      expect(stored.toSorted()).toEqual(asked.toSorted());
      stop();
    }),
  );
});

test('tables that fill up and are begun anew lose nothing of what control has not confirmed when it starts anew', async () => {
  const { small, stored, flush, confirm, restart, stop } = household();
  const asked: string[] = [];
  const ask = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      // Two phones, for one of them would be making names up.
      const phone = `192.168.1.${2 + (i % 2)}`;
      await small.ask(query(`n${i}.mistat.example`), phone);
      asked.push(`${phone} n${i}.mistat.example`);
    }
  };
  await ask(0, 3000);
  flush();
  confirm(1);
  await ask(2000, 7000);
  flush();
  await ask(6000, 20_000);
  restart();
  await ask(100, 200);
  flush();
  restart();
  confirm(Number.POSITIVE_INFINITY);
  expect(stored).toEqual(asked);
  stop();
});

test('a batch whose table began before control did is not read', () => {
  const sent: SentBatch = { batch: new Uint8Array(), boot: 'boot', table: 0, before: 3 };
  expect(new Tables().read(sent)).toBeUndefined();
});
