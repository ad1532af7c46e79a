import { msg } from '@lit/localize';

/** One level of precedence, as the API tells it. */
export interface Step {
  readonly level: string;
  readonly title: string;
  readonly spoke: boolean;
  readonly action?: 'allow' | 'block';
}

const levelWords = (): Readonly<Record<string, string>> => ({
  pause: msg('A pause of this phone'),
  timed: msg('A timed rule of this phone'),
  device: msg('A rule of this phone'),
  group: msg('A rule of its group or person'),
  everyone: msg('A rule for everyone'),
  hold: msg('Waiting for your decision'),
  purpose: msg('The purposes of this phone'),
  list: msg('Your lists'),
});

/** "The purposes of this phone: blocked", "Your lists: would block". */
export function stepWords({ level, title, spoke, action }: Step): string {
  const who = levelWords()[level] ?? title;
  if (action === undefined) return `${who}: ${msg('nothing to say')}`;
  if (spoke) return `${who}: ${action === 'block' ? msg('blocked it') : msg('let it pass')}`;
  return `${who}: ${action === 'block' ? msg('would block it') : msg('would let it pass')}`;
}
