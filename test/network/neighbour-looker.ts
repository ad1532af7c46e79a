import { OwnNetworks } from '../../resolver/answering/guard/own-networks.ts';
import { macText } from '../../resolver/answering/mac.ts';
import { ArpFile } from '../../resolver/answering/neighbours/arp-file.ts';
import { Neighbours } from '../../resolver/answering/neighbours/neighbours.ts';

/** Runs inside a namespace and says what each way of looking has for the addresses in its arguments, and at what cost. */
const own = new OwnNetworks();
const ways = { netlink: await Neighbours.open(own), file: new Neighbours(new ArpFile(), own) };
const LOOKS = 2000;
const said = Object.entries(ways).map(([way, neighbours]) => {
  const look = (address: string) => neighbours.macOf(address);
  const macs = process.argv.slice(2).map((address) => (look(address) < 0 ? undefined : macText(look(address))));
  const began = performance.now();
  for (let i = 0; i < LOOKS; i++) look(process.argv[2]);
  const microseconds = ((performance.now() - began) * 1000) / LOOKS;
  neighbours.close();
  return [way, { macs, microseconds }];
});
console.log(JSON.stringify(Object.fromEntries(said)));
