import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as text; nobody guesses them, so what is stored needs no slow hash. */
export const newSecret = (prefix = ''): string => prefix + randomBytes(32).toString('base64url');

/** What is stored of a secret: its document's id. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
