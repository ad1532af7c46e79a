import { expect, test } from 'vitest';
import { aSite, LAPTOP, problemIn } from './a-site.ts';

test('a stranger sees nothing of the household', async () => {
  const { ask, aPhone } = await aSite();
  const id = await aPhone();
  const paths = [
    '/state',
    '/devices',
    `/devices/${id}`,
    '/rules',
    '/attempts',
    '/attempts/stream',
    '/summary',
    '/packs',
  ];
  const more = ['/tokens', '/people', '/groups', '/history', '/export', '/settings', '/domains/xiaomi.com'];
  for (const path of [...paths, ...more, `/explain?device=${id}&domain=xiaomi.com`]) {
    expect([path, (await ask('GET', path)).status]).toEqual([path, 401]);
  }
});

test('a stranger can change nothing, and is told to log in', async () => {
  const { ask, aPhone, household } = await aSite();
  const id = await aPhone();
  const before = household.version;
  const rule = { scope: { kind: 'everyone' }, target: { kind: 'everything' }, action: 'allow' };
  const writes = [
    ['PATCH', `/devices/${id}`, { name: 'x' }],
    ['DELETE', `/devices/${id}`],
    ['PUT', `/devices/${id}/purposes/ads`, { action: 'allow' }],
    ['POST', `/devices/${id}/pause`, { minutes: 5 }],
    ['DELETE', `/devices/${id}/pause`],
    ['POST', `/devices/${id}/merge`, { device: 'd_x' }],
    ['POST', '/rules', rule],
    ['PATCH', '/settings', { blockTtl: 5 }],
    ['POST', '/tokens', { name: 'x', scopes: ['admin'] }],
    ['POST', '/people', { name: 'x' }],
    ['PUT', '/session/password', { password: 'mine from now on' }],
  ] as const;
  for (const [method, path, body] of writes) {
    const problem = await problemIn(await ask(method, path, { body }));
    expect([path, problem.status]).toEqual([path, 401]);
    expect(problem.detail).toBe('Log in as the owner first.');
  }
  expect(household.version).toBe(before);
});

test('another site can’t make the owner’s browser change anything', async () => {
  const { asOwner, household } = await aSite();
  const owner = await asOwner();
  const body = { blockTtl: 99 };
  const elsewhere: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
  ];
  for (const headers of elsewhere) {
    const problem = await problemIn(await owner('PATCH', '/settings', { body, headers }));
    expect(problem).toMatchObject({ status: 403, detail: expect.stringContaining('another site') });
  }
  expect(household.settings().blockTtl).toBe(10);
  expect((await owner('PATCH', '/settings', { body, headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
  expect((await owner('PATCH', '/settings', { body, headers: { origin: 'http://localhost' } })).status).toBe(200);
});

test('a name that somebody points at our address does not get an answer', async () => {
  const { ask, aPhone } = await aSite({ hostNames: ['dns.example.net'] });
  await aPhone();
  const as = (host: string) => ask('GET', '/session', { headers: { host } });
  expect(await problemIn(await as('rebound.evil.example'))).toMatchObject({
    status: 421,
    detail: expect.stringContaining('http.names'),
  });
  for (const host of [
    '192.168.1.2:8080',
    '[fd00::2]:8080',
    'localhost',
    'quell',
    'quell.local',
    'quell.home.arpa',
    'dns.example.net',
  ]) {
    expect([host, (await as(host)).status]).toEqual([host, 200]);
  }
});

test('a token does what its scopes say, until it is revoked or over', async () => {
  const { ask, asOwner, aPhone, clock } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  const make = async (scopes: string[], expiresAt?: string) =>
    (await owner('POST', '/tokens', { body: { name: 'script', scopes, expiresAt } })).json();
  const using = (token: string) => (method: string, path: string, body?: unknown) =>
    ask(method, path, { body, headers: { authorization: `Bearer ${token}`, origin: 'http://elsewhere.example' } });

  const reader = using((await make(['read'])).token);
  expect((await reader('GET', '/devices')).status).toBe(200);
  expect(await problemIn(await reader('PUT', `/devices/${id}/purposes/ads`, { action: 'allow' }))).toMatchObject({
    status: 403,
    detail: expect.stringContaining('scope'),
  });
  const policy = using((await make(['policy'])).token);
  expect((await policy('PUT', `/devices/${id}/purposes/ads`, { action: 'allow' })).status).toBe(200);
  expect((await policy('POST', '/tokens', { name: 'more', scopes: ['admin'] })).status).toBe(403);
  expect((await policy('GET', '/export')).status).toBe(403);

  const other = await aPhone('192.168.1.8', '02:00:00:00:00:08');
  const one = using((await make([`device:${id}`])).token);
  expect((await one('GET', `/devices/${id}`)).status).toBe(200);
  expect((await one('GET', `/devices/${other}`)).status).toBe(403);
  expect((await (await one('GET', '/devices')).json()).devices).toHaveLength(1);

  const short = await make(['read'], new Date(clock.wall + 60_000).toISOString());
  expect((await using(short.token)('GET', '/devices')).status).toBe(200);
  clock.wall += 61_000;
  expect((await using(short.token)('GET', '/devices')).status).toBe(401);

  const gone = await make(['admin']);
  expect((await owner('DELETE', `/tokens/${gone.id}`)).status).toBe(204);
  expect((await using(gone.token)('GET', '/devices')).status).toBe(401);
});

test('a token’s secret is shown once and kept nowhere', async () => {
  const { asOwner, household } = await aSite();
  const owner = await asOwner();
  const { token } = await (await owner('POST', '/tokens', { body: { name: 'script', scopes: ['read'] } })).json();
  expect(JSON.stringify(await (await owner('GET', '/tokens')).json())).not.toContain(token);
  expect(JSON.stringify([household.all('token'), household.all('change')])).not.toContain(token);
});

test('bad input is refused field by field, each with what would be right', async () => {
  const { asOwner, aPhone } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  const tries: [string, string, unknown, RegExp][] = [
    [
      'PUT',
      `/devices/${id}/purposes/ads`,
      { action: 'maybe' },
      /^action must be one of "allow", "block", "inherit"\.$/,
    ],
    ['PUT', `/devices/${id}/purposes/adverts`, { action: 'allow' }, /^purpose must be one of "browser-tracking"/],
    [
      'PUT',
      `/devices/${id}/purposes/ads`,
      { action: 'allow', until: 'tonight' },
      /^"tonight" is not a time; write it like "2026/,
    ],
    ['PUT', `/devices/${id}/purposes/ads`, { action: 'allow', until: 1_600_000_000_000 }, /until lies in the past/],
    ['POST', `/devices/${id}/pause`, {}, /^minutes is missing; it must be a number\.$/],
    ['POST', `/devices/${id}/pause`, { minutes: '5' }, /^minutes must be a number, not text\.$/],
    ['POST', `/devices/${id}/pause`, { minutes: 0 }, /^minutes must be at least 1\.$/],
    ['PATCH', `/devices/${id}`, { nam: 'x' }, /unknown field "nam"; leave it out/],
    ['PATCH', `/devices/${id}`, { groups: ['g_x'] }, /no group or person "g_x"; create it first/],
    ['PATCH', `/devices/${id}`, { recording: 'everything' }, /needs a recordingUntil/],
    ['POST', '/rules', { scope: { kind: 'phone' } }, /scope/],
    ['POST', '/settings', {}, /no such resource/],
  ];
  for (const [method, path, body, expected] of tries) {
    const answer = await owner(method, path, { body });
    expect([path, answer.status]).toEqual([path, path === '/settings' ? 404 : 400]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect((await problemIn(answer)).detail).toMatch(expected);
  }
});

test('a body that is no JSON, of the wrong type or too large is refused with the remedy', async () => {
  const { asOwner } = await aSite();
  const owner = await asOwner();
  expect(await problemIn(await owner('PATCH', '/settings', { body: '{"blockTtl": 5,' }))).toMatchObject({
    status: 400,
    detail: expect.stringContaining('not valid JSON'),
  });
  const text = { 'content-type': 'text/plain' };
  expect(await problemIn(await owner('PATCH', '/settings', { body: '{"blockTtl": 5}', headers: text }))).toMatchObject({
    status: 415,
    detail: expect.stringContaining('application/json'),
  });
  expect(await problemIn(await owner('PATCH', '/settings', { body: { name: 'x'.repeat(70_000) } }))).toMatchObject({
    status: 413,
    detail: expect.stringContaining('64 KiB'),
  });
});

test('an address that a proxy reports counts only when the proxy is trusted', async () => {
  const forwarded = { 'x-forwarded-for': `203.0.113.9, ${'192.168.1.7'}` };
  const distrusting = await aSite();
  await distrusting.aPhone();
  const plain = await distrusting.ask('GET', '/me', { from: LAPTOP, headers: forwarded });
  expect(await plain.json()).toMatchObject({ role: 'nobody' });
  const trusting = await aSite({ trustedProxies: [`${LAPTOP}/32`] });
  const id = await trusting.aPhone();
  const believed = await trusting.ask('GET', '/me', { from: LAPTOP, headers: forwarded });
  expect(await believed.json()).toMatchObject({ role: 'member', device: { id } });
});

test('pages and answers carry strict headers, and answers are kept by no cache', async () => {
  const { asOwner } = await aSite();
  const answer = await (await asOwner())('GET', '/state');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
});

test('the API describes itself, with its errors, in OpenAPI 3.1', async () => {
  const { ask } = await aSite();
  const document = await (await ask('GET', '/openapi.json')).json();
  expect(document.openapi).toBe('3.1.0');
  const paths = Object.keys(document.paths);
  for (const path of [
    '/session',
    '/devices/{id}/purposes/{purpose}',
    '/rules/{id}',
    '/attempts/stream',
    '/explain',
    '/history/{id}/undo',
  ]) {
    expect(paths).toContain(path);
  }
  expect(document.paths['/state'].get.responses.default.content).toHaveProperty(['application/problem+json']);
  expect(document.components.schemas.Device.required).toContain('coverage');
});

test('routes whose service is missing are not there', async () => {
  const { asOwner } = await aSite({ simulator: undefined, live: undefined });
  const owner = await asOwner();
  expect((await owner('GET', '/attempts/stream')).status).toBe(404);
  expect((await owner('GET', '/lists')).status).toBe(404);
  expect((await owner('POST', '/simulate', { body: {} })).status).toBe(404);
});
