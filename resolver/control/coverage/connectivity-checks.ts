/**
 * Names by which devices find out whether they are online, by whose system asks for them. A name stands for all below it.
 * All are in packs: what matches nothing is never heard of here.
 */
export const connectivityChecks: ReadonlyMap<string, string> = new Map([
  ['connect.rom.miui.com', 'Xiaomi'],
  ['connect.intl.rom.miui.com', 'Xiaomi'],
  ['captive.apple.com', 'Apple'],
  ['connectivitycheck.gstatic.com', 'Android'],
  ['connectivitycheck.android.com', 'Android'],
  ['msftconnecttest.com', 'Windows'],
  ['msftncsi.com', 'Windows'],
  ['connectivitycheck.platform.hicloud.com', 'Huawei'],
  ['connectivitycheck.cbg-app.huawei.com', 'Huawei'],
  ['conn1.coloros.com', 'OPPO'],
  ['conn2.coloros.com', 'OPPO'],
  ['connectivity-check.ubuntu.com', 'Ubuntu'],
  ['conntest.nintendowifi.net', 'Nintendo'],
  ['ctest.cdn.nintendo.net', 'Nintendo'],
]);

/** Whose system checks whether it is online with this name. @param name lower-case text without trailing dot */
export const checkedBy = (name: string): string | undefined => {
  for (let at = 0; at >= 0; at = name.indexOf('.', at) + 1 || -1) {
    const maker = connectivityChecks.get(name.slice(at));
    if (maker) return maker;
  }
  return undefined;
};
