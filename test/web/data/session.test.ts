import { expect, it } from 'vitest';
import { admit } from '../../../web/data/session.ts';

const owner = { role: 'owner', setUp: true } as const;
const member = { role: 'member', setUp: true } as const;
const nobody = { role: 'nobody', setUp: true } as const;

it('lets members see their own phone only, and strangers the way in only', () => {
  expect(admit(member, { page: 'phone', id: 'somebody-elses' })).toEqual({ page: 'me' });
  expect(admit(member, { page: 'settings' })).toEqual({ page: 'me' });
  expect(admit(member, { page: 'login' })).toEqual({ page: 'login' });
  expect(admit(nobody, { page: 'home' })).toEqual({ page: 'login' });
});

it('asks for the set-up link while there is no password, and keeps the token of the link', () => {
  expect(admit({ role: 'member', setUp: false }, { page: 'home' })).toEqual({ page: 'setup' });
  expect(admit({ role: 'nobody', setUp: false }, { page: 'setup', token: 't' })).toEqual({ page: 'setup', token: 't' });
});

it('tells whoever comes late with a set-up link that it has been used', () => {
  expect(admit(nobody, { page: 'setup', token: 't' })).toEqual({ page: 'setup', token: 't' });
});

it('lets the owner go anywhere but to the login', () => {
  expect(admit(owner, { page: 'settings' })).toEqual({ page: 'settings' });
  expect(admit(owner, { page: 'login' })).toEqual({ page: 'home' });
});
