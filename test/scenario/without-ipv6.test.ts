import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateFiles } from './certificate-files.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

const start = (listen: string, env: Record<string, string> = {}) =>
  Quell.start({
    env: { QUELL_UPSTREAMS: internet.address, QUELL_DNS_LISTEN: listen, ...env },
    nodeOptions: ['--import', new URL('without-ipv6.ts', import.meta.url).pathname],
  });

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

describe('a machine without IPv6', () => {
  it('is answered over IPv4 when all its addresses are meant, and says so', async () => {
    const [port, tlsPort] = [await freePort(), await freePort()];
    const files = await CertificateFiles.make('IP:127.0.0.1');
    const overTls = { ...files.env, QUELL_DOT_LISTEN: `0.0.0.0:${tlsPort},[::]:${tlsPort}` };
    await using quell = await start(`0.0.0.0:${port},[::]:${port}`, overTls);
    expect(quell.lines.join('\n')).toContain('This machine has no IPv6');
    expect(await quell.dig('data.mistat.xiaomi.com')).toEqual(['0.0.0.0']);
    expect(await quell.dig('example.org', 'A', { args: ['+tcp'] })).toEqual(['198.51.100.7']);
    expect(quell.running.tls).toEqual([{ host: '0.0.0.0', port: tlsPort }]);
    await files.remove();
  });

  it('does not start with an IPv6 address that was named', async () => {
    const ended = start(`127.0.0.1:0,[::1]:0`).then(
      (quell) => quell.stop().then(() => 'it started all the same'),
      (error: Error) => error.message,
    );
    expect(await ended).toMatch(/\[::1\]:0 \(UDP, EAFNOSUPPORT\): this machine has no such address family/);
  });
});
