import { Clients } from '../../../resolver/answering/identify.ts';
import { macNumber } from '../../../resolver/answering/mac.ts';
import type { DeviceTable, UnknownClient } from '../../../resolver/between/device-table.ts';
import { emptyDeviceTable } from '../../../resolver/between/device-table.ts';
import { emptyPolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { Matcher } from '../../../resolver/policy/matcher.ts';
import { Policy } from '../../../resolver/policy/policy.ts';
import { Question } from '../../../resolver/wire/question.ts';
import { packOf } from './small-house.ts';

/** Milliseconds; longer than an address may be quiet before it is looked at again. */
export const A_WHILE = 6_000;

const noRegex = (): never => {
  throw new Error('no expression expected');
};

/** Answering's view of who asks, with a kernel whose neighbour table is in the test's hands. */
export class Door {
  now = 1_000;
  looks = 0;
  mayLook = true;
  readonly kernel = new Map<string, string>();
  readonly noted: UnknownClient[] = [];
  readonly clients: Clients;

  constructor(table: Partial<DeviceTable> = {}) {
    this.clients = new Clients({
      trustedForwarders: [],
      policy: new Policy(emptyPolicySnapshot, new Matcher(packOf({}), noRegex), noRegex),
      neighbours: {
        mayLook: () => this.mayLook,
        macOf: (address) => {
          this.looks++;
          const mac = this.kernel.get(address);
          return mac === undefined ? -1 : macNumber(mac);
        },
        isNear: (address) => address.startsWith('192.168.1.') || address.startsWith('fd00::'),
      },
      unknown: (client) => this.noted.push(client),
    });
    this.know(table);
  }

  know(table: Partial<DeviceTable>): void {
    this.clients.useTable({ ...emptyDeviceTable, ...table });
  }

  /** @returns the device that the next question from the address is taken for; the address itself for a stranger */
  ask(address: string): string {
    return this.clients.device(this.clients.ofText(address), new Question(), new Uint8Array(), this.now).id;
  }
}
