import { addRecord } from '../../wire/answer.ts';
import { rcode, type } from '../../wire/header.ts';
import type { Exchange } from '../exchange.ts';
import type { OwnNetworks } from '../guard/own-networks.ts';
import type { Knowledge } from './knowledge.ts';

/** Short: this machine's address may change with the next lease. */
const TTL = 60;

/** Our own name: the addresses at which the client that asks can reach this machine. */
export class OwnAddresses implements Knowledge {
  private readonly own: OwnNetworks;

  constructor(own: OwnNetworks) {
    this.own = own;
  }

  speaksOf(): boolean {
    return true;
  }

  code(): number {
    return rcode.noerror;
  }

  append(x: Exchange, end: number, owner: number): number {
    const { qtype } = x.question;
    if (qtype !== type.A && qtype !== type.AAAA) return end;
    const octets = qtype === type.A ? 4 : 16;
    for (const address of this.own.addressesFor(x.client.address)) {
      if (address.length === octets) end = addRecord(x.out, x.at, end, qtype, TTL, address, owner);
    }
    return end;
  }
}
