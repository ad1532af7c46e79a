import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { notifySystemd } from '../../resolver/systemd.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

/** The socket that systemd listens at, as sd_notify(3) has it. */
class NotifySocket {
  readonly path: string;
  private readonly libc = koffi.load(null);
  private readonly fd: number;
  private readonly receive = this.libc.func('intptr_t recv(int fd, _Out_ void *buffer, size_t length, int flags)');
  private readonly heard: string[] = [];

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'quell-notify-'));
    this.path = join(folder, 'notify');
    this.fd = this.libc.func('int socket(int domain, int type, int protocol)')(AF_UNIX, SOCK_DGRAM, 0);
    const address = Buffer.alloc(110);
    address.writeUInt16LE(AF_UNIX);
    address.write(this.path, 2);
    const bound = this.libc.func('int bind(int fd, const void *address, uint32_t length)')(this.fd, address, 110);
    expect(bound).toBe(0);
    onTestFinished(() => {
      this.libc.func('int close(int fd)')(this.fd);
      rmSync(folder, { recursive: true });
    });
  }

  /** All that was said so far. */
  said(): readonly string[] {
    const buffer = Buffer.alloc(4096);
    for (let got = 0; (got = this.receive(this.fd, buffer, buffer.length, MSG_DONTWAIT)) > 0; )
      this.heard.push(buffer.toString('latin1', 0, got).trim());
    // The command's own, to know when it was heard.
    return this.heard.filter((message) => message !== 'BARRIER=1');
  }
}

afterEach(() => {
  vi.unstubAllEnvs();
});

const isThere = spawnSync('systemd-notify', ['--version']).status === 0;

test.runIf(isThere)('systemd hears that names are answered, that they still are, and that it is over', async () => {
  const socket = new NotifySocket();
  vi.stubEnv('NOTIFY_SOCKET', socket.path);
  vi.stubEnv('WATCHDOG_USEC', '300000');
  let isAlive = true;
  const end = notifySystemd(() => isAlive);
  await expect.poll(() => count(socket, 'WATCHDOG=1'), { timeout: 5000 }).toBeGreaterThan(1);
  expect(socket.said()[0]).toContain('READY=1');
  isAlive = false;
  end();
  await expect.poll(() => count(socket, 'STOPPING=1'), { timeout: 5000 }).toBe(1);
  expect(socket.said().at(-1)).toContain('STOPPING=1');
});

test.runIf(isThere)('while names are not answered, it hears nothing', async () => {
  const socket = new NotifySocket();
  vi.stubEnv('NOTIFY_SOCKET', socket.path);
  vi.stubEnv('WATCHDOG_USEC', '30000');
  let asked = 0;
  const end = notifySystemd(() => {
    asked++;
    return false;
  });
  await expect.poll(() => asked).toBeGreaterThan(5);
  end();
  await expect.poll(() => count(socket, 'STOPPING=1'), { timeout: 5000 }).toBe(1);
  expect(count(socket, 'WATCHDOG=1')).toBe(0);
});

const count = (socket: NotifySocket, state: string): number =>
  socket.said().filter((message) => message.includes(state)).length;
