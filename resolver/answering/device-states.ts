import type { CompiledDevice } from '../policy/compiled-device.ts';
import type { Policy } from '../policy/policy.ts';

/** A device while this process runs: what policy says of it, and how much it asked since the last flush. */
export interface DeviceState {
  /** Device id, or the client's address while no device is known. */
  readonly id: string;
  policy: CompiledDevice;
  total: number;
  blocked: number;
  /** Monotonic milliseconds: when its questions would be over at the rate that the guard allows. */
  busyUntil: number;
  /** Questions that wait for an upstream. */
  underWay: number;
  /** Position among the devices that the ring tells of; -1: not among them. */
  told: number;
  /** Kinds of attempts that it brought lately, see `Ring`. */
  kinds: number;
}

/** All devices that asked since the start. */
export class DeviceStates {
  private readonly byId = new Map<string, DeviceState>();
  private policy: Policy;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  usePolicy(policy: Policy): void {
    this.policy = policy;
    for (const device of this.byId.values()) device.policy = policy.device(device.id);
  }

  of(id: string): DeviceState {
    let device = this.byId.get(id);
    if (!device) {
      const policy = this.policy.device(id);
      device = { id, policy, total: 0, blocked: 0, busyUntil: 0, underWay: 0, told: -1, kinds: 0 };
      this.byId.set(id, device);
    }
    return device;
  }

  all(): Iterable<DeviceState> {
    return this.byId.values();
  }

  /** Lets go of those of whom nothing is left to be told. */
  forgetQuiet(): void {
    for (const device of this.byId.values()) if (device.total === 0) this.byId.delete(device.id);
  }
}
