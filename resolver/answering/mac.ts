/** "aa:bb:cc:dd:ee:ff" as a number of 48 bits. */
export const macNumber = (mac: string): number => Number.parseInt(mac.replaceAll(':', ''), 16);

export const macText = (mac: number): string =>
  mac
    .toString(16)
    .padStart(12, '0')
    .replace(/(..)(?=.)/g, '$1:');

/**
 * The MAC in an EDNS option, in the forms that forwarders send: six octets (dnsmasq's `add-mac`),
 * "aa:bb:cc:dd:ee:ff" (`add-mac=text`) or eight characters of base64 (`add-mac=base64`).
 * @returns -1 for anything else
 */
export function readMac(message: Uint8Array, at: number, length: number): number {
  const octets = Buffer.from(message.buffer, message.byteOffset + at, length);
  if (length === 6) return octets.readUIntBE(0, 6);
  const text = octets.toString('latin1');
  if (/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text)) return macNumber(text.replaceAll('-', ':'));
  if (/^[A-Za-z0-9+/]{8}$/.test(text)) return Buffer.from(text, 'base64').readUIntBE(0, 6);
  return -1;
}
