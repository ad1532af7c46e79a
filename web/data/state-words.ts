import { msg } from '@lit/localize';
import type { Device, State, Totals } from './model.ts';
import { whole } from './number.ts';
import { attempts as attemptsWord, counted, fill, listed, phones as phonesWord, spoken } from './words.ts';

type Standing = Pick<Device, 'name'> & { readonly coverage: Pick<Device['coverage'], 'state'> };

/** How the household's phones stand, in the one sentence that the home page begins with. */
export function stateSentence(state: Pick<State, 'store'>, phones: readonly Standing[]): string {
  if (!state.store.reachable)
    return msg('Your phones are answered as before, but nothing can be changed or recorded now.');
  if (phones.length === 0) return msg('Quell is ready; no phone has asked yet.');
  const astray = phones.filter(({ coverage }) => coverage.state === 'partly' || coverage.state === 'not-covered');
  const covered = phones.filter(({ coverage }) => coverage.state === 'covered').length;
  if (astray.length > 0) {
    return fill(msg('{covered} of {phones} covered; look at {names}.'), {
      covered: whole(covered, spoken()),
      phones: phonesWord(phones.length),
      names: astray.length > 2 ? phonesWord(astray.length) : listed(astray.map(({ name }) => name)),
    });
  }
  if (covered === 0) return fill(msg('Quell is getting to know {phones}.'), { phones: phonesWord(phones.length) });
  if (covered < phones.length) {
    return fill(msg('{covered} of {phones} covered; the rest isn’t sure yet.'), {
      covered: whole(covered, spoken()),
      phones: phonesWord(phones.length),
    });
  }
  return counted(phones.length, { one: msg('Your phone is covered.'), other: msg('All {count} phones are covered.') });
}

export const todayWords = ({ blocked, allowed }: Totals): string =>
  fill(msg('Today {attempts} to report on you blocked, {allowed} let through.'), {
    attempts: attemptsWord(blocked),
    allowed: whole(allowed, spoken()),
  });
