import { type ChildProcess, spawn } from 'node:child_process';

/** Tells what it reads, a line at a time. */
const script = 'while IFS= read -r state; do systemd-notify "--pid=$1" "$state"; done';

/**
 * Tells systemd that names are answered, and from then on, well within `WatchdogSec`, that they still are.
 * Without systemd (no `NOTIFY_SOCKET`) nothing happens.
 *
 * @param isAlive asked each time; while it says no, systemd hears nothing and restarts the service
 * @returns ends it
 */
export function notifySystemd(isAlive: () => boolean): () => void {
  const { NOTIFY_SOCKET, WATCHDOG_USEC } = process.env;
  if (!NOTIFY_SOCKET) return () => {};
  const teller = new Teller();
  const end = () => {
    teller.tell('STOPPING=1');
    teller.end();
  };
  teller.tell('READY=1');
  if (!WATCHDOG_USEC) return end;
  const timer = setInterval(() => isAlive() && teller.tell('WATCHDOG=1'), Number(WATCHDOG_USEC) / 3000);
  return () => {
    clearInterval(timer);
    end();
  };
}

/**
 * Node opens no datagram sockets in the file system; systemd's own command does. A small shell that stays runs it, for
 * to start a program from the thread that answers the system copies the table of all our memory, some milliseconds in
 * which nothing is answered.
 */
class Teller {
  private shell: ChildProcess | undefined;

  tell(state: string): void {
    this.shell ??= this.start();
    this.shell.stdin!.write(`${state}\n`);
  }

  end(): void {
    this.shell?.stdin?.end();
  }

  private start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', script, 'sh', String(process.pid)], { stdio: ['pipe', 'ignore', 'ignore'] });
    const gone = () => {
      if (this.shell === shell) this.shell = undefined;
    };
    shell.once('error', gone).once('exit', gone).unref();
    shell.stdin!.on('error', gone);
    return shell;
  }
}
