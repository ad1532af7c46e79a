import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { tooLarge } from '../../../lists/parse/decode.ts';
import { PIECE } from '../../../lists/short-calls.ts';
import { FetchFailed } from './fetch-failed.ts';

/**
 * Writes a text that comes into a file of its own as it comes, so that this process, which also answers, never holds
 * it: what is in the file is for the child to find out.
 * @throws TooLarge, FetchFailed, or what the stream reports
 */
export async function spool(path: string, body: Incoming, limit: number): Promise<void> {
  const file = await onDisk(async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'wx', 0o600);
  });
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      for (let at = 0; at < chunk.length; ) {
        const piece = Math.min(PIECE, chunk.length - at);
        at += (await onDisk(() => file.write(chunk, at, piece))).bytesWritten;
      }
    }
  } finally {
    await file.close();
  }
}

type Incoming = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function onDisk<Done>(work: () => Promise<Done>): Promise<Done> {
  try {
    return await work();
  } catch (error) {
    throw new FetchFailed(`The list could not be written to the disk (${(error as Error).message}).`, { cause: error });
  }
}
