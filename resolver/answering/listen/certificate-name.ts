import { X509Certificate } from 'node:crypto';
import { nameFromText } from '../../wire/name.ts';

/** The first name on a PEM certificate that one server can go by: no wildcard, no address. */
export function certificateName(pem: Buffer): string | undefined {
  const { subjectAltName = '' } = new X509Certificate(pem);
  const names = subjectAltName.split(', ').filter((name) => name.startsWith('DNS:'));
  return names
    .map((name) => name.slice('DNS:'.length).toLowerCase())
    .find((name) => /^[a-z0-9.-]+$/.test(name) && nameFromText(name));
}
