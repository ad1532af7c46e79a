/**
 * Names of all keys. One hash tag holds a household's keys in one slot of a Cluster, which is what makes a script over
 * several of them one atomic step. Scripts build the keys of a day or hour themselves, in the same way.
 *
 * boots            hash    boot → "sequence at"
 * devices          set     device
 * days             zset    day
 * open             set     "hour device" with open bytes
 * open:H:D         string  segments of device D in hour H
 * log:N:D          hash    hour of day N (0–23) → chunk of device D
 * sum:N:D          hash    hour of day N (0–23) → roll-up of device D
 * words:D          list    generation, then the dictionary's lines
 * documents        hash    "kind:id" → "version json"
 * version          string  number of the last change
 * nodes            hash    node → "time of its last sign of life, by Redis' clock, and json"
 * texts            hash    version of a list → its text, packed
 * commit:C         string  version that commit C was given; kept for a while, for a reply that was lost
 */
export class Keys {
  readonly prefix: string;

  constructor(home: string) {
    this.prefix = `quell:{${home}}:`;
  }

  of(name: string): string {
    return this.prefix + name;
  }

  open(hour: number, device: string): string {
    return `${this.prefix}open:${hour}:${device}`;
  }

  log(day: number, device: string): string {
    return `${this.prefix}log:${day}:${device}`;
  }

  sum(day: number, device: string): string {
    return `${this.prefix}sum:${day}:${device}`;
  }

  text(version: string): string {
    return `${this.prefix}text:${version}`;
  }

  words(device: string): string {
    return `${this.prefix}words:${device}`;
  }
}
