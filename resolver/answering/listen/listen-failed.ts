import type { ListenAddress } from './carrier.ts';

const remedies: Record<string, string> = {
  EADDRINUSE: 'another program uses this port; stop it, or choose another address',
  EACCES: 'ports below 1024 need a privilege; run as a service with CAP_NET_BIND_SERVICE, or choose a higher port',
  EADDRNOTAVAIL: 'this machine has no such address; choose one that it has',
  EAFNOSUPPORT: 'this machine has no such address family; remove the address',
};

/** An address can't be listened on; the message is one sentence for the owner, `code` the system's name for it. */
export class ListenFailed extends Error {
  override name = 'ListenFailed';
  readonly code: string;
  readonly address: ListenAddress;

  constructor(transport: string, address: ListenAddress, code: string, cause?: unknown) {
    const where = address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
    super(`Can't listen on ${where} (${transport}, ${code}): ${remedies[code] ?? 'see the code for the reason'}.`, {
      cause,
    });
    this.code = code;
    this.address = address;
  }
}

/** The system's short name of an error (`EADDRINUSE`). */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}
