import { expect, test } from 'vitest';
import { aSite, LAPTOP, PASSWORD, problemIn } from './a-site.ts';

const cookieOf = (answer: Response) => answer.headers.get('set-cookie')!.split(';')[0];

test('the set-up link sets the password once and logs its owner in', async () => {
  const { ask, access } = await aSite();
  expect(await (await ask('GET', '/session')).json()).toEqual({ role: 'nobody', setUp: false });
  const token = await access.links.issue('set-up');
  const answer = await ask('POST', '/setup', { body: { token, password: PASSWORD } });
  expect(answer.status).toBe(200);
  const session = await ask('GET', '/session', { headers: { cookie: cookieOf(answer) } });
  expect(await session.json()).toMatchObject({ role: 'owner', setUp: true });
  const again = await ask('POST', '/setup', { body: { token, password: 'another password' } });
  expect(await problemIn(again)).toMatchObject({ status: 409, detail: expect.stringContaining('log in') });
});

test('a wrong or outdated set-up link says how to get a new one', async () => {
  const { ask, access, clock } = await aSite();
  const token = await access.links.issue('set-up');
  const wrong = await ask('POST', '/setup', { body: { token: 'guess', password: PASSWORD } });
  expect(await problemIn(wrong)).toMatchObject({ status: 401, detail: expect.stringContaining('restart Quell') });
  clock.wall += 25 * 3_600_000;
  expect((await ask('POST', '/setup', { body: { token, password: PASSWORD } })).status).toBe(401);
});

test('the cookie is out of reach of scripts and other sites, and gone after logging out', async () => {
  const { ask, asOwner } = await aSite();
  await asOwner();
  const answer = await ask('POST', '/session', { body: { password: PASSWORD } });
  expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly/);
  expect(answer.headers.get('set-cookie')).toMatch(/SameSite=Strict/);
  const headers = { cookie: cookieOf(answer) };
  expect((await ask('GET', '/state', { headers })).status).toBe(200);
  expect((await ask('DELETE', '/session', { headers })).status).toBe(204);
  expect((await ask('GET', '/state', { headers })).status).toBe(401);
});

test('guessing the password gets slow for the guesser alone, and never locks anybody out for good', async () => {
  const { ask, asOwner, clock } = await aSite();
  await asOwner();
  const guess = (from: string, password = 'wrong password') => ask('POST', '/session', { from, body: { password } });
  for (let i = 0; i < 5; i++) expect((await guess('192.168.1.66')).status).toBe(401);
  const refused = await guess('192.168.1.66', PASSWORD);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBe(1);
  expect((await refused.json()).detail).toMatch(/try again in 1 second\./);
  expect((await guess(LAPTOP, PASSWORD)).status).toBe(200);
  for (let i = 0; i < 12; i++) {
    clock.monotonic += 301_000;
    expect((await guess('192.168.1.66')).status).toBe(401);
  }
  const wait = Number((await guess('192.168.1.66', PASSWORD)).headers.get('retry-after'));
  expect(wait).toBeLessThanOrEqual(300);
  clock.monotonic += wait * 1000;
  expect((await guess('192.168.1.66', PASSWORD)).status).toBe(200);
});

test('many guesses at the same moment count each', async () => {
  const { ask, asOwner } = await aSite();
  await asOwner();
  const guesses = Array.from({ length: 20 }, () => ask('POST', '/session', { body: { password: 'wrong password' } }));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
});

test('a login link works once, and lets the owner choose a new password without the old one', async () => {
  const { ask, asOwner, access } = await aSite();
  await asOwner();
  const link = await access.links.issue('log-in');
  const answer = await ask('POST', '/session', { body: { link } });
  expect(answer.status).toBe(200);
  expect((await ask('POST', '/session', { body: { link } })).status).toBe(401);
  const headers = { cookie: cookieOf(answer) };
  const change = await ask('PUT', '/session/password', { headers, body: { password: 'a new password' } });
  expect(change.status).toBe(204);
  expect((await ask('POST', '/session', { body: { password: PASSWORD } })).status).toBe(401);
  expect((await ask('POST', '/session', { body: { password: 'a new password' } })).status).toBe(200);
  expect((await ask('GET', '/state', { headers })).status).toBe(200);
});

test('a login link that was issued by another process works', async () => {
  const { ask, asOwner, store, folder, clock } = await aSite();
  await asOwner();
  const { Household } = await import('../../../../resolver/control/settings/household.ts');
  const { accessTo } = await import('../../../../resolver/control/settings/access.ts');
  const { silent } = await import('../settings/a-household.ts');
  const now = () => clock.wall;
  const elsewhere = new Household({ documents: store.documents, mirrorFile: `${folder}/other.json`, now, log: silent });
  await elsewhere.start();
  const link = await accessTo({ household: elsewhere, now, monotonic: now }).links.issue('log-in');
  await elsewhere.stop();
  expect((await ask('POST', '/session', { body: { link } })).status).toBe(200);
});

test('with the old password in hand, a new one ends every other session', async () => {
  const { asOwner } = await aSite();
  const here = await asOwner();
  const there = await asOwner();
  const wrong = await here('PUT', '/session/password', { body: { current: 'not this', password: 'a new password' } });
  expect(wrong.status).toBe(401);
  const without = await here('PUT', '/session/password', { body: { password: 'a new password' } });
  expect(without.status).toBe(401);
  const change = await here('PUT', '/session/password', { body: { current: PASSWORD, password: 'a new password' } });
  expect(change.status).toBe(204);
  expect((await here('GET', '/state')).status).toBe(200);
  expect((await there('GET', '/state')).status).toBe(401);
});

test('one session too many ends the oldest instead of refusing the newest', async () => {
  const { asOwner, clock, household } = await aSite();
  const first = await asOwner();
  for (let i = 0; i < 20; i++) {
    clock.wall += 1000;
    await asOwner();
  }
  const last = await asOwner();
  expect((await last('GET', '/state')).status).toBe(200);
  expect((await first('GET', '/state')).status).toBe(401);
  expect(household.count('session')).toBe(20);
});

test('a password that is too short is refused with its reason', async () => {
  const { ask, access } = await aSite();
  const token = await access.links.issue('set-up');
  const answer = await ask('POST', '/setup', { body: { token, password: 'short' } });
  expect(await problemIn(answer)).toMatchObject({
    status: 400,
    detail: 'password must be at least 8 characters long.',
  });
  expect((await ask('POST', '/setup', { body: { token, password: PASSWORD } })).status).toBe(200);
});
