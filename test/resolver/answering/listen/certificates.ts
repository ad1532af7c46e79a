import { fileURLToPath } from 'node:url';

/** Paths of a certificate made for these tests, and of its key. */
export function pemOf(name: 'first' | 'second') {
  const path = (what: string) => fileURLToPath(new URL(`certificates/${name}.${what}.pem`, import.meta.url));
  return { cert: path('cert'), key: path('key') };
}
