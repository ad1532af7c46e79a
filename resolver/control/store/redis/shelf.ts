import { dayOf } from '../packed/hour.ts';
import type { AppendResult, Shelf, ShelfHour, ShelfWrite } from '../packed/shelf.ts';
import type { Household } from './household.ts';
import { MessagePack } from './message-pack.ts';

type Bytes = Buffer | null;

export class RedisShelf implements Shelf {
  readonly #household: Household;

  constructor(deps: { readonly household: Household }) {
    this.#household = deps.household;
  }

  async append(write: ShelfWrite): Promise<AppendResult> {
    const reply = (await this.#household.run('append', packed(write))) as (Buffer | number)[];
    const [kind, ...rest] = reply.map(String);
    if (kind === 'stale') return { kind, devices: rest };
    if (kind === 'set-back') return { kind, last: Number(rest[0]) < 0 ? undefined : Number(rest[0]) };
    return { kind: kind === 'known' ? 'known' : 'added' };
  }

  devices(): Promise<string[]> {
    return this.#household.ask((client, keys) => client.smembers(keys.of('devices')));
  }

  async days(from: number, to: number): Promise<number[]> {
    const days = await this.#household.ask((client, keys) => client.zrevrangebyscore(keys.of('days'), to, from));
    return days.map(Number);
  }

  async hours(
    devices: readonly string[],
    from: number,
    to: number,
    part: 'attempts' | 'rollups',
  ): Promise<ShelfHour[]> {
    const asked = new Set(devices);
    const open = (await this.openHours()).filter(({ device, hour }) => hour >= from && hour <= to && asked.has(device));
    const kept = keptDays(devices, from, to);
    const kind = part === 'attempts' ? 'log' : 'sum';
    const { keys } = this.#household;
    const replies = await this.#household.read([
      ...kept.map(({ device, day, fields }) => ['HMGET', keys[kind](day, device), ...fields]),
      ...open.map(({ device, hour }) => ['GET', keys.open(hour, device)]),
    ]);
    const hours = new Map<string, ShelfHour>();
    for (const [i, { device, day, fields }] of kept.entries()) {
      for (const [j, bytes] of (replies[i] as Bytes[]).entries()) {
        if (!bytes) continue;
        const hour = day * 24 + Number(fields[j]);
        hours.set(`${hour} ${device}`, { device, hour, [part === 'attempts' ? 'chunk' : 'rollUp']: bytes });
      }
    }
    for (const [i, { device, hour }] of open.entries()) {
      const bytes = replies[kept.length + i] as Bytes;
      const key = `${hour} ${device}`;
      if (bytes) hours.set(key, { ...(hours.get(key) ?? { device, hour }), open: bytes });
    }
    return [...hours.values()];
  }

  async openHours(): Promise<{ device: string; hour: number }[]> {
    const members = await this.#household.ask((client, keys) => client.smembers(keys.of('open')));
    return members.map((member) => {
      const space = member.indexOf(' ');
      return { hour: Number(member.slice(0, space)), device: member.slice(space + 1) };
    });
  }

  async hour(device: string, hour: number): Promise<ShelfHour> {
    const { keys } = this.#household;
    const [chunk, rollUp, open] = (await this.#household.read([
      ['HGET', keys.log(dayOf(hour), device), hour % 24],
      ['HGET', keys.sum(dayOf(hour), device), hour % 24],
      ['GET', keys.open(hour, device)],
    ])) as Bytes[];
    return { device, hour, chunk: chunk ?? undefined, rollUp: rollUp ?? undefined, open: open ?? undefined };
  }

  async compact({ device, hour, open, rollUp }: ShelfHour, chunk: Uint8Array, newRollUp: Uint8Array): Promise<boolean> {
    const [wasOpen, wasRollUp] = [Buffer.from(open ?? []), Buffer.from(rollUp ?? [])];
    const values = [device, hour, wasOpen, wasRollUp, Buffer.from(chunk), Buffer.from(newRollUp)];
    return (await this.#household.run('compact', ...values)) === 1;
  }

  async dictionary(device: string, from: number): Promise<{ generation: string; lines: string[] } | undefined> {
    const words = this.#household.keys.words(device);
    const [generation, lines] = await this.#household.read([
      ['LINDEX', words, 0],
      ['LRANGE', words, from, -1],
    ]);
    return generation ? { generation: String(generation), lines: (lines as Buffer[]).map(String) } : undefined;
  }

  async rewrite(device: string, was: string, generation: string, lines: readonly [number, string][]): Promise<boolean> {
    return (await this.#household.run('rewrite', device, was, generation, ...lines.flat())) === 1;
  }

  async forget(device: string): Promise<void> {
    await this.#household.run('forget', device);
  }

  async prune(before: { attempts: number; rollUps: number; boots: number }): Promise<void> {
    await this.#household.run('prune', before.attempts, before.rollUps, before.boots);
  }
}

const out = new MessagePack();

/** As the script reads it. */
function packed({ boot, sequence, previous, now, learnings, parts }: ShelfWrite): Buffer {
  out.begin();
  out.text(boot);
  out.number(sequence);
  if (previous === undefined) out.nothing();
  else out.number(previous);
  out.number(now);
  out.list(learnings.length * 4);
  for (const { device, generation, size, lines } of learnings) {
    out.text(device);
    out.text(generation);
    out.number(size);
    out.list(lines.length);
    for (const line of lines) out.text(line);
  }
  out.list(parts.length * 3);
  for (const { device, hour, bytes } of parts) {
    out.text(device);
    out.number(hour);
    out.octets(bytes);
  }
  return out.bytes();
}

/** Which fields of which days hold these hours. */
function* keptDaysOf(devices: readonly string[], from: number, to: number) {
  for (let day = dayOf(from); day <= dayOf(to); day++) {
    const [first, last] = [Math.max(from, day * 24), Math.min(to, day * 24 + 23)];
    const fields = Array.from({ length: last - first + 1 }, (_, i) => String((first + i) % 24));
    for (const device of devices) yield { device, day, fields };
  }
}

const keptDays = (devices: readonly string[], from: number, to: number) => [...keptDaysOf(devices, from, to)];
