import { ContextProvider, createContext } from '@lit/context';
import type { LitElement, ReactiveController } from 'lit';
import type { Live } from './live.ts';
import type { Device, Proposal, Purpose, PurposeId, State } from './model.ts';
import { Problem } from './problem.ts';
import { getDevices, getPacks, getState } from './service.ts';

/** What every page of the owner shows something of; replaced whole on each change. */
export interface Household {
  readonly state: State | undefined;
  readonly devices: readonly Device[];
  /** Devices that may be one, for the owner to decide. */
  readonly proposals: readonly Proposal[];
  readonly purposes: readonly Purpose[];
  /** Why the last load failed; what was loaded before still stands. */
  readonly problem: Problem | undefined;
  reload(): Promise<void>;
}

export const householdContext = createContext<Household>('household');

export const deviceOf = (household: Household, id: string): Device | undefined =>
  household.devices.find((device) => device.id === id);

export const nameOf = (household: Household, id: string): string => deviceOf(household, id)?.name ?? id;

export const purposeOf = (household: Household, id: PurposeId | string | undefined): Purpose | undefined =>
  household.purposes.find((purpose) => purpose.id === id);

const everyMs = 4000;
const afterAttemptMs = 700;

/** Loads the household for a host and keeps it fresh: after attempts, on a slow beat, and when the page is looked at again. */
export class HouseholdKeeper implements ReactiveController {
  readonly #live: Live;
  readonly #loggedOut: () => void;
  readonly #provider: ContextProvider<typeof householdContext>;
  #household: Household;
  #running = false;
  #loading: Promise<void> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #deaf = () => {};

  /** @param loggedOut called when Quell wants to know again who asks */
  constructor(host: LitElement, live: Live, loggedOut: () => void) {
    this.#live = live;
    this.#loggedOut = loggedOut;
    this.#household = {
      state: undefined,
      devices: [],
      proposals: [],
      purposes: [],
      problem: undefined,
      reload: () => this.reload(),
    };
    this.#provider = new ContextProvider(host, { context: householdContext, initialValue: this.#household });
    host.addController(this);
  }

  get current(): Household {
    return this.#household;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#deaf = this.#live.listen({ heard: () => this.#reloadSoon() });
    this.#beat = setInterval(() => document.hidden || this.reload(), everyMs);
    document.addEventListener('visibilitychange', this.#seen);
    void this.reload();
  }

  stop(): void {
    this.#running = false;
    this.#deaf();
    clearInterval(this.#beat);
    clearTimeout(this.#soon);
    this.#soon = undefined;
    document.removeEventListener('visibilitychange', this.#seen);
  }

  /** A member sees one phone, but speaks of purposes like everybody. */
  async learnPurposes(): Promise<void> {
    const packs = await getPacks().catch(() => undefined);
    if (packs) this.#set({ purposes: packs.purposes });
  }

  hostDisconnected(): void {
    this.stop();
  }

  reload(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    try {
      const [state, { devices, proposals }, packs] = await Promise.all([
        getState(),
        getDevices(),
        this.#household.purposes.length > 0 ? undefined : getPacks(),
      ]);
      const purposes = packs?.purposes ?? this.#household.purposes;
      this.#set({ state, devices, proposals, purposes, problem: undefined });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#set({ problem: error });
      if (error.status === 401) this.#loggedOut();
    }
  }

  #set(part: Partial<Household>): void {
    this.#household = { ...this.#household, ...part };
    this.#provider.setValue(this.#household);
  }

  #reloadSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (!document.hidden) void this.reload();
    }, afterAttemptMs);
  }

  readonly #seen = () => {
    if (!document.hidden) void this.reload();
  };
}
