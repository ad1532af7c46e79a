import { once } from 'node:events';
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Certificate, CertificateUnusable } from '../../../../resolver/answering/listen/certificate.ts';
import { pemOf } from './certificates.ts';

let folder: string;
let files: { cert: string; key: string };
let certificate: Certificate | undefined;
const notices: string[] = [];

beforeEach(async () => {
  notices.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'quell-certificate-'));
  files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await use('first');
});

afterEach(async () => {
  certificate?.stop();
  await rm(folder, { recursive: true });
});

/** As certificate tools do: written aside, then renamed into place, one after the other. */
async function use(name: 'first' | 'second') {
  for (const what of ['cert', 'key'] as const) {
    await copyFile(pemOf(name)[what], `${files[what]}.new`);
    await rename(`${files[what]}.new`, files[what]);
  }
}

async function serving() {
  certificate = new Certificate({ ...files, interval: 10, notice: (sentence) => notices.push(sentence) });
  await certificate.start();
  const server = createServer(certificate.present, (socket) => socket.pipe(socket));
  certificate.follow(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return socket;
  };
  return {
    server,
    connected,
    async name() {
      const socket = await connected();
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN;
    },
  };
}

it('serves a renewed certificate without a restart, and keeps open connections', async () => {
  const { server, connected, name } = await serving();
  expect(await name()).toBe('first.quell.example');
  const open = await connected();
  await use('second');
  while ((await name()) !== 'second.quell.example') await new Promise(setImmediate);
  open.write('still here');
  expect(String((await once(open, 'data'))[0])).toBe('still here');
  open.destroy();
  server.close();
});

it('keeps the one in use when the new one is damaged, and says so', async () => {
  const { server, name } = await serving();
  await writeFile(files.cert, 'not a certificate');
  while (notices.length === 0) await new Promise(setImmediate);
  expect(notices[0]).toContain(`The certificate ${files.cert} with key ${files.key} can't be used: `);
  expect(await name()).toBe('first.quell.example');
  await use('second');
  while ((await name()) !== 'second.quell.example') await new Promise(setImmediate);
  server.close();
});

it('refuses to start with a key that belongs to another certificate', async () => {
  const mixed = new Certificate({ cert: pemOf('first').cert, key: pemOf('second').key });
  await expect(mixed.start()).rejects.toThrow(CertificateUnusable);
});

it('refuses to start without a file', async () => {
  const missing = new Certificate({ cert: join(folder, 'none.pem'), key: files.key });
  await expect(missing.start()).rejects.toThrow(/none\.pem.*ENOENT/);
});
