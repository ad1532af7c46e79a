/** @returns "aa:bb:cc:dd:ee:ff", or undefined when the text is no MAC of 48 bits */
export const canonicalMac = (text: string): string | undefined => {
  const hex = text
    .split(/[:-]/)
    .map((part) => (part.length === 1 ? `0${part}` : part))
    .join('')
    .replaceAll('.', '')
    .toLowerCase();
  return /^[0-9a-f]{12}$/.test(hex) ? hex.match(/../g)!.join(':') : undefined;
};

const firstOctet = (mac: string) => Number.parseInt(mac.slice(0, 2), 16);

/** The address was made up by the device itself (IEEE 802, second bit of the first octet): phones do so per network. */
export const isLocallyAdministered = (mac: string): boolean => (firstOctet(mac) & 2) !== 0;

/** One device's own MAC: neither a group address nor all zeros. */
export const isUnicastMac = (mac: string): boolean => (firstOctet(mac) & 1) === 0 && mac !== '00:00:00:00:00:00';
