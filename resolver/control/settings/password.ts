import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import type { AccountDocument } from './documents.ts';

export type PasswordHash = NonNullable<AccountDocument['password']>;

/** OWASP's smallest setting for argon2id: 19 MiB, which a small router can spare for a moment. */
const MEMORY_KIB = 19 * 1024;
const PASSES = 2;
/** The fall-back where OpenSSL has no argon2: 16 MiB. */
const SCRYPT_N = 2 ** 14;
const LENGTH = 32;

const scrypt = promisify<string, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/** One after the other, so that a burst of log-ins costs one hash's memory and not fifty. */
let turn: Promise<unknown> = Promise.resolve();

function derive(password: string, salt: Buffer, { memory, passes, algorithm }: Omit<PasswordHash, 'salt' | 'hash'>) {
  const task = (): Promise<Buffer> => {
    const message = password.normalize('NFC');
    if (algorithm === 'scrypt') return scrypt(message, salt, LENGTH, { N: memory, r: 8, p: passes });
    const parameters = { message, nonce: salt, parallelism: 1, tagLength: LENGTH, memory, passes };
    return promisify(crypto.argon2)('argon2id', parameters);
  };
  const result = turn.then(task, task);
  turn = result;
  return result;
}

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = crypto.randomBytes(16);
  const cost =
    typeof crypto.argon2 === 'function'
      ? { algorithm: 'argon2id' as const, memory: MEMORY_KIB, passes: PASSES }
      : { algorithm: 'scrypt' as const, memory: SCRYPT_N, passes: 1 };
  const hash = await derive(password, salt, cost);
  return { ...cost, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

export async function isPassword(password: string, known: PasswordHash): Promise<boolean> {
  const hash = await derive(password, Buffer.from(known.salt, 'base64'), known);
  return crypto.timingSafeEqual(hash, Buffer.from(known.hash, 'base64'));
}
