const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The name that a device goes by, as far as it can be one: a DNS label, in lower case. */
export function deviceName(text: string): string | undefined {
  const name = text.toLowerCase();
  return label.test(name) ? name : undefined;
}

/** The device name in a server name: its first label, when it has a parent (`annas-phone.dns.example`). */
export function deviceNameOfServer(serverName: string | false | null | undefined): string | undefined {
  if (!serverName) return undefined;
  const dot = serverName.indexOf('.');
  return dot < 0 ? undefined : deviceName(serverName.slice(0, dot));
}
