import type { DeviceDocument } from '../settings/documents.ts';

type Kind = DeviceDocument['kind'];

/**
 * What a name that a device asks for says about it. Weights are log-odds of "a Xiaomi phone", set so that
 * two names that only Xiaomi's system asks for are convincing, and one is not.
 */
export interface NameSignal {
  readonly weight: number;
  readonly kind?: Kind;
  readonly says: string;
}

const system: NameSignal = { weight: 3, says: 'asks for a name that only the system software of Xiaomi asks for' };
const push: NameSignal = { weight: 0.4, says: 'asks for a push service that Xiaomi phones use, and other apps too' };
const tv: NameSignal = { weight: -5, kind: 'tv', says: 'asks for a name that Mi TVs ask for' };
const gadget: NameSignal = { weight: -5, kind: 'other', says: 'asks for a name that Mi Home gadgets ask for' };

/** A name stands for itself and all below it. */
export const nameSignals: ReadonlyMap<string, NameSignal> = new Map([
  ['connect.rom.miui.com', system],
  ['connect.intl.rom.miui.com', system],
  ['update.miui.com', system],
  ['update.intl.miui.com', system],
  ['tracking.miui.com', system],
  ['tracking.intl.miui.com', system],
  ['metok-ccc.intl.xiaomi.com', system],
  ['flash.sec.miui.com', system],
  ['flash.sec.intl.miui.com', system],
  ['jupiter.sys.miui.com', system],
  ['jupiter.intl.sys.miui.com', system],
  ['mcc.inf.miui.com', system],
  ['mcc.intl.inf.miui.com', system],
  ['app.chat.xiaomi.net', push],
  ['app.chat.global.xiaomi.net', push],
  ['resolver.msg.xiaomi.net', push],
  ['resolver.msg.global.xiaomi.net', push],
  ['register.xmpush.xiaomi.com', push],
  ['register.xmpush.global.xiaomi.com', push],
  ['pandora.xiaomi.com', tv],
  ['duokanbox.com', tv],
  ['ot.io.mi.com', gadget],
]);

export const serviceSignals: ReadonlyMap<string, NameSignal> = new Map([
  ['_mi-connect._udp', { weight: 1.5, says: 'announces Mi Connect, as Xiaomi phones, tablets and TVs do' }],
  ['_lyra-mdns._udp', { weight: 1.5, says: 'announces Xiaomi HyperConnect, as Xiaomi phones, tablets and TVs do' }],
  ['_miio._udp', { weight: -5, kind: 'other', says: 'announces itself as a Mi Home gadget' }],
  ['_googlecast._tcp', { weight: -1.5, kind: 'tv', says: 'can be cast to, as TVs and speakers can' }],
  ['_apple-mobdev2._tcp', { weight: -5, kind: 'phone', says: 'announces itself as an iPhone or iPad' }],
]);

/** The release in the vendor class of Android's own DHCP client, which tells nothing of the maker. */
export const androidRelease = (vendorClass: string): string | undefined =>
  /^android-dhcp-([\w.]{1,20})$/.exec(vendorClass)?.[1];

/** Most phones run Android, and many TVs: this only tips what other signals leave open. */
export const ANDROID_WEIGHT = 0.5;

export interface HostNameSignal {
  readonly pattern: RegExp;
  readonly weight: number;
  readonly kind?: Kind;
  readonly says: string;
}

/** First match counts. People can change these names, so none is proof. */
export const hostNameSignals: readonly HostNameSignal[] = [
  { pattern: /^(mi|xiaomi|redmi)[ -]?(tv|box|stick)/i, weight: -4, kind: 'tv', says: 'is named like a Mi TV' },
  { pattern: /^(mi|xiaomi|redmi)[ -]?pad/i, weight: 1, kind: 'tablet', says: 'is named like a Xiaomi tablet' },
  {
    pattern: /^(redmi|poco|xiaomi|mi[ -]?(\d|max|mix|note|a[1-3]\b)|m2\d{3}[a-z]|2\d{7,}[a-z]*\b)/i,
    weight: 3.5,
    kind: 'phone',
    says: 'is named like a Xiaomi phone',
  },
  { pattern: /ipad|galaxy-?tab|tablet/i, weight: -4, kind: 'tablet', says: 'is named like a tablet' },
  {
    pattern: /iphone|galaxy|pixel|huawei|honor|oneplus|oppo|vivo|realme|motorola|moto-?[eg]|nothing|fairphone/i,
    weight: -4,
    kind: 'phone',
    says: 'is named like a phone of another maker',
  },
  {
    pattern: /macbook|imac|laptop|desktop|thinkpad|-pc$/i,
    weight: -4,
    kind: 'computer',
    says: 'is named like a computer',
  },
  { pattern: /(smart-?|bravia|webos|^lg.?)tv|chromecast|firetv/i, weight: -4, kind: 'tv', says: 'is named like a TV' },
];
