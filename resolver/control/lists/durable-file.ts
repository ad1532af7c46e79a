import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

let written = 0;

/** Writes a file that is there whole or not at all, also after a power cut. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const fresh = `${path}.${process.pid}-${written++}.tmp`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const handle = await open(folder, 'r');
  try {
    // A rename survives a power cut only once its folder is on the disk.
    await handle.sync();
  } finally {
    await handle.close();
  }
}
