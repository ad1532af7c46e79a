import { decodeList, unpackGzip } from '../../../lists/parse/decode.ts';
import { readInPieces, removeInPieces } from '../../../lists/short-calls.ts';
import { inWords } from './fetch-failed.ts';
import { unpackKept } from './kept-text.ts';
import { readLocalList } from './local-list.ts';

/** Where the child finds a text that came, and how it came. */
export type IncomingText =
  /** From a server, still in its content-encoding. */
  | { readonly spool: string; readonly host: string; readonly encoding: string }
  /** From another resolver of the household, as that one keeps it. */
  | { readonly spool: string; readonly version: string }
  /** From the owner, who wrote it into the page. */
  | { readonly spool: string }
  /** `file:kids.txt`, a file of the household's own below the folder. */
  | { readonly address: string; readonly folder: string };

/**
 * For the child. A spool is gone when it has been read.
 * @param limit bytes that the unpacked text may have
 * @returns UTF-8
 * @throws FetchFailed, TooLarge, or an error of zlib when what another resolver left is damaged
 */
export function readIncoming(text: IncomingText, limit: number): Uint8Array {
  if ('address' in text) return readLocalList(text, limit);
  const bytes = readInPieces(text.spool, (size) => Buffer.allocUnsafe(size));
  removeInPieces(text.spool);
  if ('version' in text) return unpackKept(bytes, limit);
  if (!('host' in text)) return decodeList(bytes, limit);
  try {
    const isPacked = /^\s*(x-)?gzip\s*$/i.test(text.encoding) && bytes.length > 0;
    return decodeList(isPacked ? unpackGzip(bytes, limit) : bytes, limit);
  } catch (error) {
    throw inWords(error, text.host);
  }
}
