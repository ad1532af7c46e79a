import { type ClientResponse, hc } from 'hono/client';
import type { Api } from '../../resolver/control/api/app.ts';
import type { Choice, DevicePatch, NewList, Outcome, PresetId, PurposeId, SettingsPatch } from './model.ts';
import { problemOf, unreachable } from './problem.ts';

const api = hc<Api>('/api/v1');

type Success<Answer> =
  Answer extends ClientResponse<infer Body, infer Status, infer Format>
    ? Status extends 200 | 201 | 202
      ? Format extends 'json'
        ? Body
        : undefined
      : Status extends 204
        ? undefined
        : never
    : never;

/** A write that was done, with the id that takes it back. */
export interface Done<Body> {
  readonly body: Body;
  readonly change?: string;
  /** Of the state that was seen; a change that names it is refused when somebody else was faster. */
  readonly tag?: string;
}

async function done<Answer>(asked: Promise<Answer>): Promise<Done<Success<Answer>>> {
  const response = (await asked.catch(() => Promise.reject(unreachable()))) as Response;
  if (!response.ok) throw await problemOf(response);
  const body = response.status === 204 ? undefined : await response.json();
  return {
    body,
    change: response.headers.get('quell-change') ?? undefined,
    tag: response.headers.get('etag') ?? undefined,
  };
}

const answer = async <Answer>(asked: Promise<Answer>): Promise<Success<Answer>> => (await done(asked)).body;

export const getSession = () => answer(api.session.$get());
export const logIn = (password: string) => answer(api.session.$post({ json: { password } }));
export const logInByLink = (link: string) => answer(api.session.$post({ json: { link } }));
export const logOut = () => answer(api.session.$delete());
export const setUp = (token: string, password: string) => answer(api.setup.$post({ json: { token, password } }));
export const changePassword = (current: string, password: string) =>
  done(api.session.password.$put({ json: { current, password } }));

export const getState = () => answer(api.state.$get());
export const getMe = () => answer(api.me.$get());
export const getPacks = () => answer(api.packs.$get());

export const getDevices = () => answer(api.devices.$get());
export const changeDevice = (id: string, json: DevicePatch) => done(api.devices[':id'].$patch({ param: { id }, json }));
export const forgetDevice = (id: string) => done(api.devices[':id'].$delete({ param: { id } }));
export const choose = (id: string, purpose: PurposeId, action: Choice) =>
  done(api.devices[':id'].purposes[':purpose'].$put({ param: { id, purpose }, json: { action } }));
export const pause = (id: string, minutes: number) =>
  done(api.devices[':id'].pause.$post({ param: { id }, json: { minutes } }));
export const endPause = (id: string) => done(api.devices[':id'].pause.$delete({ param: { id } }));
export const choosePreset = (id: string, preset: PresetId | null) => changeDevice(id, { preset });
export const somethingBroke = (id: string) => answer(api.devices[':id'].broke.$post({ param: { id } }));
export const mergeDevice = (id: string, device: string) =>
  done(api.devices[':id'].merge.$post({ param: { id }, json: { device } }));
export const keepApart = (id: string, device: string) =>
  done(api.devices[':id']['keep-apart'].$post({ param: { id }, json: { device } }));
export const splitDevice = (id: string, identifiers: { kind: 'mac' | 'address' | 'name'; value: string }[]) =>
  done(api.devices[':id'].split.$post({ param: { id }, json: { identifiers } }));

export const getRecipes = async (id: string) =>
  (await answer(api.devices[':id'].recipes.$get({ param: { id } }))).recipes;
/** Runs for as long as the recipe proposes, or as this visitor may. */
export const runRecipe = (id: string, recipe: string) =>
  done(api.devices[':id'].recipes[':recipe'].$post({ param: { id, recipe }, json: {} }));
export const endRecipe = (id: string, recipe: string) =>
  done(api.devices[':id'].recipes[':recipe'].$delete({ param: { id, recipe } }));

export const getRules = async () => (await answer(api.rules.$get())).rules;
/** Lets one name pass, or stops it, on one phone; without `minutes` for good. */
export const ruleForName = (device: string, domain: string, action: 'allow' | 'block', minutes?: number) =>
  done(
    api.rules.$post({
      json: {
        scope: { kind: 'device', id: device },
        target: { kind: 'domain', value: domain },
        action,
        ...(minutes === undefined ? {} : { until: new Date(Date.now() + minutes * 60_000).toISOString() }),
      },
    }),
  );
export const removeRule = (id: string) => done(api.rules[':id'].$delete({ param: { id } }));
/** Keeps a timed rule for good. */
export const keepRule = (id: string) => done(api.rules[':id'].$patch({ param: { id }, json: { until: null } }));

export interface AttemptQuery {
  readonly device?: string;
  readonly purpose?: PurposeId;
  readonly outcome?: Outcome;
  readonly domain?: string;
  readonly from?: number;
  readonly to?: number;
  readonly cursor?: string;
  readonly limit?: number;
}

const written = ({ from, to, limit, ...words }: AttemptQuery) => ({
  ...words,
  ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
  ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
  limit: String(limit ?? 200),
});

export const getAttempts = (query: AttemptQuery) => answer(api.attempts.$get({ query: written(query) }));
export const getSummary = (query: {
  device?: string;
  from: number;
  to: number;
  by: 'hour' | 'day' | 'purpose' | 'domain' | 'device';
}) =>
  answer(
    api.summary.$get({
      query: { ...query, from: new Date(query.from).toISOString(), to: new Date(query.to).toISOString() },
    }),
  );
export const explain = (device: string, domain: string) => answer(api.explain.$get({ query: { device, domain } }));
export const getDomain = (name: string) => answer(api.domains[':name'].$get({ param: { name } }));
export const simulatePurpose = (device: string, purpose: PurposeId, action: Choice) =>
  answer(api.simulate.$post({ json: { change: { kind: 'purpose', device, purpose, action } } }));

export const getLists = async () => (await answer(api.lists.$get())).lists;
export const previewList = (url: string) => answer(api.lists.preview.$post({ json: { url } }));
export const getCatalog = async () => (await answer(api.lists.catalog.$get())).lists;
export const addList = (list: Pick<NewList, 'url' | 'name' | 'kind'>) => done(api.lists.$post({ json: list }));
export const switchList = (id: string, enabled: boolean) =>
  done(api.lists[':id'].$patch({ param: { id }, json: { enabled } }));
export const removeList = (id: string) => done(api.lists[':id'].$delete({ param: { id } }));
export const refreshList = (id: string) => done(api.lists[':id'].refresh.$post({ param: { id } }));
export const applyHeldList = (id: string) => done(api.lists[':id'].apply.$post({ param: { id } }));
/** Without a version: to the one before the one in use. */
export const rollBackList = (id: string, version?: string) =>
  done(api.lists[':id'].rollback.$post({ param: { id }, json: { version } }));
export const getListVersions = async (id: string) =>
  (await answer(api.lists[':id'].versions.$get({ param: { id } }))).versions;

export const getSettings = () => done(api.settings.$get());
export const changeSettings = (json: SettingsPatch, seen: string | undefined) =>
  done(api.settings.$patch({ json }, { headers: seen ? { 'If-Match': seen } : {} }));
export const getPeople = async () => (await answer(api.people.$get())).people;
export const addPerson = (name: string) => done(api.people.$post({ json: { name } }));
export const changePerson = (id: string, json: { name?: string; devices?: string[] }) =>
  done(api.people[':id'].$patch({ param: { id }, json }));
export const removePerson = (id: string) => done(api.people[':id'].$delete({ param: { id } }));
export const getTokens = async () => (await answer(api.tokens.$get())).tokens;
export const createToken = (name: string, scopes: string[]) => done(api.tokens.$post({ json: { name, scopes } }));
export const removeToken = (id: string) => done(api.tokens[':id'].$delete({ param: { id } }));
export const getHistory = async () => (await answer(api.history.$get({ query: { limit: '20' } }))).changes;
export const undo = (change: string) => done(api.history[':id'].undo.$post({ param: { id: change } }));
