import { msg } from '@lit/localize';
import type { Coverage } from './model.ts';
import { ago, lasting } from './time.ts';
import { fill, spoken } from './words.ts';

/** How we know whether a phone's look-ups come here, in the reader's language. */
export function coverageSentence({ why: { reason, seconds = 0, name = '' } }: Coverage): string {
  const now = Date.now();
  switch (reason) {
    case 'asks':
      return fill(msg('Last asked Quell for a name: {ago}.'), { ago: ago(now - seconds * 1000, now, spoken()) });
    case 'fell-silent':
      return fill(msg('It is on the network and has not asked Quell for a name for {time}.'), {
        time: lasting(seconds, spoken()),
      });
    case 'never-asked':
      return fill(msg('It has been on the network for {time} and never asked Quell for a name.'), {
        time: lasting(seconds, spoken()),
      });
    case 'not-yet':
      return msg('It has not asked Quell for a name yet.');
    case 'away':
      return fill(msg('It has not been heard of for {time}; it is probably away or switched off.'), {
        time: lasting(seconds, spoken()),
      });
    case 'other-resolver':
      return fill(msg('It asked for {name}, by which it can look names up past Quell, and got it.'), { name });
    case 'only-checks':
      return msg('It only asks Quell whether it is online, and looks everything else up elsewhere.');
  }
}

/** What would help, where something is wrong. */
export function coverageRemedy({ remedy, why: { reason } }: Coverage): string {
  if (!remedy) return '';
  if (reason === 'other-resolver') return msg('Block “Going around your DNS” on this phone.');
  return msg(
    'Set Private DNS to Off or Automatic in the phone’s connection settings, and switch secure DNS off in its browsers.',
  );
}
