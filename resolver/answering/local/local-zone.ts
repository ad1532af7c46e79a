import { HashedName } from '../../policy/hashed-name.ts';
import { textFromName } from '../../wire/name.ts';
import { Alias, elsewhere, type Knowledge, OutsideAlias, Records } from './knowledge.ts';
import type { LocalNames } from './local-names.ts';
import { asciiName, BadRecord, type LocalRecord, type RecordData, recordData } from './record-data.ts';
import { reverseName } from './reverse-name.ts';

/** Puts the household's records into the table of names. Records that can't be used are named and left out. */
export class LocalZone {
  private readonly names: LocalNames;
  private readonly zones: ReadonlySet<string>;
  private readonly say: (sentence: string) => void;
  private readonly taken = new Set<string>();
  private readonly aliases = new Map<string, RecordData>();
  private readonly addresses: LocalRecord[] = [];

  /** @param zones names without public records, where a name that only has names below it is empty and not missing */
  constructor(names: LocalNames, zones: ReadonlySet<string>, say: (sentence: string) => void) {
    this.names = names;
    this.zones = zones;
    this.say = say;
  }

  /** Names that are taken already keep what they have. */
  add(records: Iterable<LocalRecord>): void {
    for (const [name, group] of this.byName(records)) {
      const alias = group.find((record) => record.type === 'CNAME');
      const data = this.usable(group);
      if (alias && group.length > 1) {
        this.say(`${name} can't be an alias (CNAME) and have other records; its records are left out.`);
      } else if (alias) {
        if (data.length > 0 && this.take(name)) this.aliases.set(name, data[0]);
      } else if (data.length > 0) {
        const isNew = this.put(name, new Records(data));
        if (isNew) this.addresses.push(...group.filter(({ type }) => type === 'A' || type === 'AAAA'));
      }
    }
  }

  /** @returns false when the name is taken */
  put(name: string, knowledge: Knowledge): boolean {
    const isNew = this.take(name);
    if (isNew) this.place(name, knowledge);
    return isNew;
  }

  /** To be called when all names are added: only now is it known where aliases lead and which addresses have no name. */
  finish(): void {
    for (const [name, data] of this.aliases) {
      try {
        this.place(name, this.follow(name, data));
      } catch (error) {
        if (!(error instanceof BadRecord)) throw error;
        this.say(error.message);
      }
    }
    for (const { name, value, ttl } of this.addresses) {
      const reverse = reverseName(value);
      if (name.startsWith('*.') || this.taken.has(reverse)) continue;
      this.put(reverse, new Records([recordData({ name: reverse, type: 'PTR', value: name, ttl })]));
    }
    for (const name of this.taken) this.keepParents(name);
  }

  private place(name: string, knowledge: Knowledge): void {
    const isWildcard = name.startsWith('*.');
    const known = this.names.add(isWildcard ? name.slice(2) : name, isWildcard ? 'below' : 'at', knowledge);
    if (!known) this.say(`${name} is no name that can be kept here; write it like "nas.home.arpa".`);
  }

  private take(name: string): boolean {
    if (this.taken.has(name)) return false;
    this.taken.add(name);
    return true;
  }

  private byName(records: Iterable<LocalRecord>): Map<string, LocalRecord[]> {
    const groups = new Map<string, LocalRecord[]>();
    for (const record of records) {
      const name = asciiName(record.name);
      const group = name === undefined ? undefined : groups.get(name);
      if (name === undefined) this.say(`"${record.name}" is no name; write it like "nas.home.arpa".`);
      else if (group) group.push({ ...record, name });
      else groups.set(name, [{ ...record, name }]);
    }
    return groups;
  }

  private usable(records: readonly LocalRecord[]): RecordData[] {
    return records.flatMap((record) => {
      try {
        return [recordData(record)];
      } catch (error) {
        if (!(error instanceof BadRecord)) throw error;
        this.say(error.message);
        return [];
      }
    });
  }

  /** @throws BadRecord when aliases lead in a circle */
  private follow(name: string, first: RecordData): Knowledge {
    const chain = [first];
    const hashed = new HashedName();
    for (const met = new Set([name]); ; ) {
      const target = textFromName(chain[chain.length - 1].data, 0);
      if (met.has(target)) throw new BadRecord(`${name} is an alias that leads back to itself; it is left out.`);
      met.add(target);
      const next = this.aliases.get(target);
      if (next) {
        chain.push(next);
        continue;
      }
      const known = hashed.readText(target) ? this.names.find(hashed) : undefined;
      return known && known !== elsewhere ? new Alias(chain, known) : new OutsideAlias(chain);
    }
  }

  /** Names above a record are there, though empty (RFC 8020): "no such name" would deny the record too. */
  private keepParents(name: string): void {
    const parents: string[] = [];
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      const parent = name.slice(dot + 1);
      if (this.zones.has(parent)) {
        for (const above of parents) this.names.add(above, 'at', nothing);
        return;
      }
      parents.push(parent);
    }
  }
}

const nothing = new Records([]);
