import { createSocket } from 'node:dgram';
import type { DeviceTable } from '../../resolver/between/device-table.ts';
import { defaultGateways } from '../../resolver/control/coverage/gateway.ts';
import { canonicalAddress } from '../../resolver/control/devices/address.ts';
import type { DeviceDocuments } from '../../resolver/control/devices/device-writes.ts';
import { Devices } from '../../resolver/control/devices/devices.ts';
import { Leases } from '../../resolver/control/devices/sources/leases.ts';
import { Mdns } from '../../resolver/control/devices/sources/mdns.ts';
import { Neighbours } from '../../resolver/control/devices/sources/neighbours.ts';
import { ReverseNames } from '../../resolver/control/devices/sources/reverse-names.ts';
import type { DeviceDocument } from '../../resolver/control/settings/documents.ts';

/**
 * Runs inside the resolver's namespace: the real sources, the real service, and a DNS port that answers every question
 * with the id of the device that it takes the client for. Prints the devices as a line of JSON after every change.
 * Arguments: the `ip` command, then lease files.
 */
const [ip, ...files] = process.argv.slice(2);
const gateways = await defaultGateways();
let table: DeviceTable = { version: 0, addresses: [], macs: [], names: [] };
const stored = new Map<string, DeviceDocument>();

const documents: DeviceDocuments = {
  all: () => [...stored.values()],
  change: async (_by, changes) => {
    for (const { id, value } of changes) {
      if (value) stored.set(id, value);
      else stored.delete(id);
    }
    print();
  },
};

const devices: Devices = new Devices({
  documents,
  publish: (next) => {
    table = next;
    print();
  },
  sources: [
    new Neighbours({ now: Date.now, ip, pollEvery: 200 }),
    new Leases({ now: Date.now, files }),
    new Mdns({ now: Date.now }),
    new ReverseNames({
      now: Date.now,
      servers: () => gateways,
      nameless: () => devices.nameless(),
      every: 200,
    }),
  ],
  now: Date.now,
});

const print = () => {
  const list = devices.list().map((device) => ({ ...device, view: devices.view(device.id) }));
  const line = {
    table,
    stored: [...stored.keys()],
    devices: list,
    proposals: devices.proposals(),
    sources: devices.sources(),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** TXT answer to the question in `query`; enough of DNS for dig. */
const answer = (query: Buffer, text: string): Buffer => {
  let end = 12;
  while (query[end] !== 0) end += query[end] + 1;
  const data = Buffer.from(text);
  const record = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, data.length + 1, data.length, ...data]);
  const header = Buffer.from([query[0], query[1], 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  return Buffer.concat([header, query.subarray(12, end + 5), record]);
};

for (const type of ['udp4', 'udp6'] as const) {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  socket.on('message', (query, from) => {
    const address = canonicalAddress(from.address)!;
    const device = table.addresses.find(([known]) => known === address)?.[1];
    if (device) devices.saw(device, Date.now());
    else devices.note({ address });
    socket.send(answer(query, device ?? 'stranger'), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(53, resolve));
}
await devices.start();
print();
process.on('SIGTERM', () => {
  void devices.stop().then(() => process.exit(0));
});
