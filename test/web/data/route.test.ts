import { expect, it } from 'vitest';
import { activityPath, route } from '../../../web/data/route.ts';

const at = (path: string) => route(new URL(path, 'http://quell.home.arpa'));

it('knows every page by its address', () => {
  expect(at('/')).toEqual({ page: 'home' });
  expect(at('/phones')).toEqual({ page: 'phones' });
  expect(at('/phones/d_1')).toEqual({ page: 'phone', id: 'd_1' });
  expect(at('/setup?token=abc')).toEqual({ page: 'setup', token: 'abc' });
  expect(at('/phones/d_1/more')).toEqual({ page: 'missing' });
  expect(at('/elsewhere')).toEqual({ page: 'missing' });
});

it('keeps device ids that need escaping whole', () => {
  expect(at(`/phones/${encodeURIComponent('fe80::1/x')}`)).toEqual({ page: 'phone', id: 'fe80::1/x' });
});

it('finds the filters of a log address again', () => {
  const filter = { device: 'd 1', purpose: 'ads', outcome: undefined, domain: '*.miui.com' };
  expect(at(activityPath(filter))).toEqual({ page: 'activity', ...filter });
  expect(activityPath({})).toBe('/activity');
});
