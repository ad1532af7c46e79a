import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Courier } from '../../../resolver/answering/courier.ts';
import type { DeviceState } from '../../../resolver/answering/device-states.ts';
import type { Clients } from '../../../resolver/answering/identify.ts';
import { decodeBatch } from '../../../resolver/between/batch-bytes.ts';
import type { ToControl } from '../../../resolver/between/messages.ts';
import { HashedName } from '../../../resolver/policy/hashed-name.ts';
import { Verdict } from '../../../resolver/policy/verdict.ts';
import { SmallHouse } from './small-house.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A courier, what it sent, and a ring that says to be full of so many attempts. */
function courier() {
  const sent: { sequence: number; oldest: number }[] = [];
  const { ring } = new SmallHouse(() => new Uint8Array());
  const send = (message: ToControl) => {
    if (message.kind === 'attempts')
      sent.push({ sequence: decodeBatch(message.batch).sequence, oldest: message.oldest });
  };
  const started = new Courier(ring, { states: [] } as unknown as Clients, send);
  started.start();
  return { courier: started, ring, sent, boot: ring.boot };
}

const sequences = (sent: { sequence: number }[]) => sent.splice(0).map(({ sequence }) => sequence);

test('what control does not confirm for some seconds is sent again, oldest first', () => {
  const { courier: one, ring, sent, boot } = courier();
  for (let i = 0; i < 3; i++) {
    ring.skip();
    vi.advanceTimersByTime(400);
  }
  expect(sequences(sent)).toEqual([1, 2, 3]);
  one.confirm(boot, 1);
  vi.advanceTimersByTime(4000);
  expect(sequences(sent)).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(sent).toEqual([
    { sequence: 2, oldest: 2 },
    { sequence: 3, oldest: 2 },
  ]);
  sequences(sent);
  one.confirm(boot, 3);
  vi.advanceTimersByTime(60_000);
  expect(sequences(sent)).toEqual([]);
  one.stop();
});

test('a confirmation of another thread’s batch changes nothing', () => {
  const { courier: one, ring, sent } = courier();
  ring.skip();
  vi.advanceTimersByTime(400);
  one.confirm('another boot', 1);
  sequences(sent);
  one.resend();
  expect(sequences(sent)).toEqual([1]);
  one.stop();
});

test('a ring that waits because too much is unconfirmed is emptied with the next confirmation', () => {
  const { courier: one, ring, sent, boot } = courier();
  const device = { id: 'phone', told: -1, kinds: 0 } as DeviceState;
  const name = new HashedName();
  const verdict = new Verdict();
  let asked = 0;
  const ask = (times: number) => {
    for (let i = 0; i < times; i++) {
      name.readText(`n${asked++}.${'long'.repeat(15)}.example`);
      device.kinds = 0;
      ring.add(Date.now(), device, name, 1, 0, verdict);
    }
  };
  let asksToBeEmptied = 0;
  const { onHalfFull } = ring;
  ring.onHalfFull = () => {
    asksToBeEmptied++;
    onHalfFull();
  };
  ask(60_000);
  const { length } = sequences(sent);
  expect(length).toBeGreaterThan(2);
  expect(ring.lost).toBe(0);
  while (ring.lost === 0) ask(100);
  const before = asksToBeEmptied;
  ask(1000);
  expect(asksToBeEmptied).toBe(before);
  sequences(sent);
  one.confirm(boot, length);
  expect(sequences(sent).length).toBe(1);
  const { lost } = ring;
  ask(1000);
  expect(ring.lost).toBe(lost);
  one.stop();
});

test('a ring that is half full is emptied at once', () => {
  const { courier: one, ring, sent } = courier();
  ring.skip();
  ring.onHalfFull();
  expect(sequences(sent)).toEqual([1]);
  one.stop();
});
