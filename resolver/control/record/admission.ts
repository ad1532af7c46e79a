import ipaddr from 'ipaddr.js';
import { AttemptBatch } from '../../between/attempt-batch.ts';

export interface AdmissionDeps {
  /** What may be recorded of a device as the household decided last; undefined for a client that is no device. */
  readonly recordingOf: (device: string) => 'attempts' | 'everything' | 'nothing' | undefined;
  /** Of clients that are no device, and are called by their address in the record. */
  readonly addresses: 'full' | 'truncated';
}

/**
 * What may be recorded of a batch. Answering goes by the same decisions, but rows that were written just before
 * one of them are still on their way when it is in force.
 */
export function admission({ recordingOf, addresses }: AdmissionDeps): (batch: AttemptBatch) => AttemptBatch {
  const shown = (device: string) => (addresses === 'full' ? device : truncated(device));
  return (batch) => {
    const decided = new Map<string, { recording: string; name: string }>();
    const of = (device: string) => {
      let found = decided.get(device);
      if (!found) {
        const recording = recordingOf(device);
        found = { recording: recording ?? 'attempts', name: recording === undefined ? shown(device) : device };
        decided.set(device, found);
      }
      return found;
    };
    const admitted = batch.kept((device, reason) => {
      const { recording } = of(device);
      return recording !== 'nothing' && (recording === 'everything' || reason !== 'full');
    });
    const counts = admitted.counts.filter(({ device }) => of(device).recording !== 'nothing');
    const counted = counts.length === admitted.counts.length ? admitted : new AttemptBatch({ ...admitted, counts });
    return counted.renamed((device) => of(device).name);
  };
}

/** An address without what tells one host from another, a MAC without what tells one device from another of its maker. */
function truncated(client: string): string {
  if (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(client)) return `${client.slice(0, 8)}:00:00:00`;
  if (!ipaddr.isValid(client)) return client;
  const address = ipaddr.parse(client);
  const kept = address.kind() === 'ipv4' ? 3 : 6;
  const octets = address.toByteArray().map((octet, i) => (i < kept ? octet : 0));
  return ipaddr.fromByteArray(octets).toString();
}
