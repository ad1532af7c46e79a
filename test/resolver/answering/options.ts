import { RecordWalk } from '../../../resolver/wire/records.ts';

/** A message with an OPT record that holds these options. */
export function withOptions(message: Uint8Array, options: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const data = Buffer.concat(
    options.map(([code, value]) =>
      Buffer.from([code >> 8, code & 255, value.length >> 8, value.length & 255, ...value]),
    ),
  );
  const opt = Buffer.from([0, 0, 41, 4, 208, 0, 0, 0, 0, data.length >> 8, data.length & 255]);
  const whole = Buffer.concat([message, opt, data]);
  whole[11]++;
  return new Uint8Array(whole);
}

/** Code and data of each option of a message, in order; undefined without OPT record. */
export function optionsOf(message: Uint8Array): [number, Uint8Array][] | undefined {
  const walk = new RecordWalk();
  walk.start(message);
  let options: [number, Uint8Array][] | undefined;
  while (walk.next()) {
    if (walk.type !== 41) continue;
    options = [];
    const data = Buffer.from(message.subarray(walk.dataAt, walk.dataAt + walk.dataLength));
    for (let at = 0; at < data.length; ) {
      const end = at + 4 + data.readUInt16BE(at + 2);
      options.push([data.readUInt16BE(at), new Uint8Array(data.subarray(at + 4, end))]);
      at = end;
    }
  }
  if (walk.malformed || walk.end !== message.length) throw new Error('the message does not end with its last record');
  return options;
}

export const optionOf = (message: Uint8Array, code: number): Uint8Array | undefined =>
  optionsOf(message)?.find(([other]) => other === code)?.[1];
