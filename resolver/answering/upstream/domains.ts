import { nameFromText } from '../../wire/name.ts';

/** Values kept by domain: a name finds that of the longest domain at or above it. */
export class Domains<Value> {
  private readonly entries: { wire: Uint8Array; value: Value }[] = [];

  /**
   * @param domain presentation form
   * @throws Error when it is no name
   */
  add(domain: string, value: Value): void {
    const wire = nameFromText(domain.toLowerCase());
    if (!wire) throw new Error(`"${domain}" is no domain name; write it like "home.arpa".`);
    this.entries.push({ wire, value });
    this.entries.sort((a, b) => b.wire.length - a.wire.length);
  }

  /** @param name lower-cased wire name, the root's zero octet included; what follows it is not looked at */
  find(name: Uint8Array): Value | undefined {
    if (this.entries.length === 0) return undefined;
    let length = 1;
    for (let at = 0; name[at] !== 0; at += name[at] + 1) length += name[at] + 1;
    for (const { wire, value } of this.entries) if (endsAtLabel(name, length, wire)) return value;
    return undefined;
  }
}

function endsAtLabel(name: Uint8Array, length: number, domain: Uint8Array): boolean {
  const start = length - domain.length;
  if (start < 0) return false;
  for (let i = 0; i < domain.length; i++) if (name[start + i] !== domain[i]) return false;
  let label = 0;
  while (label < start) label += name[label] + 1;
  return label === start;
}
