import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Frames } from '../../../../resolver/answering/listen/frames.ts';

const framed = (messages: Uint8Array[]) =>
  Buffer.concat(messages.flatMap((m) => [Uint8Array.of(m.length >> 8, m.length), m]));

function read(frames: Frames, chunk: Uint8Array): Buffer[] {
  frames.feed(chunk);
  const found: Buffer[] = [];
  while (frames.next()) found.push(Buffer.from(frames.bytes.slice(frames.start, frames.start + frames.length)));
  return found;
}

it('finds the same messages however the stream is cut', () => {
  const messages = fc.array(fc.uint8Array({ minLength: 12, maxLength: 700 }), { maxLength: 12 });
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (sent, cuts) => {
      const stream = framed(sent);
      const frames = new Frames();
      const found: Buffer[] = [];
      for (let at = 0, n = 0; at < stream.length; at += cuts[n++ % cuts.length]) {
        found.push(...read(frames, stream.subarray(at, at + cuts[n % cuts.length])));
      }
      expect(found).toEqual(sent.map((message) => Buffer.from(message)));
      expect(frames.partial).toBe(false);
      expect(frames.broken).toBe(false);
    }),
  );
});

it('reads the longest message one byte at a time', () => {
  const message = new Uint8Array(65_535).fill(7);
  const frames = new Frames();
  const found = [...framed([message])].flatMap((byte) => read(frames, Uint8Array.of(byte)));
  expect(found).toEqual([Buffer.from(message)]);
});

it.each([[Uint8Array.of(0, 0)], [Uint8Array.of(0, 11, 1, 2, 3)]])(
  'gives up at a length that no message has',
  (bytes) => {
    const frames = new Frames();
    expect(read(frames, bytes)).toEqual([]);
    expect(frames.broken).toBe(true);
  },
);

it('takes no memory for what was only announced', () => {
  const frames = new Frames();
  const before = process.memoryUsage().arrayBuffers;
  const many = Array.from({ length: 1000 }, () => {
    const one = new Frames();
    read(one, Uint8Array.of(0xff, 0xff, 1));
    return one;
  });
  expect(many.every(({ partial }) => partial)).toBe(true);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 << 20);
  expect(frames.partial).toBe(false);
});
