import type { DeviceTable } from '../../../../resolver/between/device-table.ts';
import { Recognition } from '../../../../resolver/control/devices/recognition.ts';
import { tableOf } from '../../../../resolver/control/devices/table.ts';

/** Recognition in a household that has decided nothing, with a clock in the test's hands. */
export class Recogniser {
  now = Date.UTC(2026, 0, 1);
  /** How often it wanted the leases to be read again. */
  doubts = 0;
  readonly recognition = new Recognition({
    now: () => this.now,
    isDecided: () => false,
    touched: () => {},
    absorbed: () => {},
    routers: () => [],
    sharedChanged: () => {},
    lookAgain: () => {
      this.doubts++;
    },
    log: () => {},
  });

  table(): Omit<DeviceTable, 'version'> {
    const { ownership, links } = this.recognition;
    return tableOf(ownership.identities.values(), links, this.now);
  }

  deviceWith(mac: string): string | undefined {
    return this.recognition.ownership.ownerOf('mac', mac)?.id;
  }
}
