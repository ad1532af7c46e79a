import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Client } from '../../../resolver/answering/client.ts';
import { Exchange } from '../../../resolver/answering/exchange.ts';
import { Hesitation } from '../../../resolver/answering/hesitation.ts';

let mac = -1;
let sought: string[] = [];
let settled: Client[] = [];
let answered: number[] = [];
let hesitation: Hesitation;

beforeEach(() => {
  vi.useFakeTimers();
  mac = -1;
  sought = [];
  settled = [];
  answered = [];
  hesitation = new Hesitation({
    clients: { settle: (client) => settled.push(client) },
    neighbours: { macOf: () => mac, seek: (address) => sought.push(address) },
    handler: {
      handle: (message, start, _length, _client, _carrier, out) => {
        out[0] = message[start];
        return 1;
      },
    },
    now: () => 0,
  });
});
afterEach(() => vi.useRealTimers());

const newcomer = (address: string) => ({ address }) as Client;
const hold = (client: Client, id: number) => {
  const x = new Exchange();
  x.client = client;
  x.message = Uint8Array.of(0, id);
  x.start = 1;
  x.length = 1;
  return hesitation.holds(x, { transport: 'udp', later: () => ({ send: ([first]) => answered.push(first) }) });
};

describe('a question of somebody whose hardware nobody knows', () => {
  test('waits with those that follow it until the wire has told, and they are answered in order', () => {
    const client = newcomer('fd00::1');
    hold(client, 1);
    hold(client, 2);
    expect(sought).toEqual(['fd00::1']);
    vi.advanceTimersByTime(3);
    expect(answered).toEqual([]);
    mac = 7;
    vi.advanceTimersByTime(4);
    expect(answered).toEqual([1, 2]);
    expect(settled).toEqual([client]);
  });

  test('is answered all the same when the wire stays silent', () => {
    hold(newcomer('fd00::1'), 1);
    vi.advanceTimersByTime(100);
    expect(answered).toEqual([1]);
  });

  test('does not wait where too many do', () => {
    const held = Array.from({ length: 100 }, (_, i) => hold(newcomer(`fd00::${i}`), i));
    expect(held.filter(Boolean)).toHaveLength(64);
    vi.advanceTimersByTime(100);
    expect(answered).toHaveLength(64);
    expect(hold(newcomer('fd00::aa'), 1)).toBe(true);
  });
});
