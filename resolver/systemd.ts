import { execFile } from 'node:child_process';

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
  // Node opens no datagram sockets in the file system; systemd's own command does.
  const notify = (state: string) => execFile('systemd-notify', [`--pid=${process.pid}`, state], () => {});
  notify('READY=1');
  if (!WATCHDOG_USEC) return () => void notify('STOPPING=1');
  const timer = setInterval(() => isAlive() && notify('WATCHDOG=1'), Number(WATCHDOG_USEC) / 3000);
  return () => {
    clearInterval(timer);
    notify('STOPPING=1');
  };
}
