import type { WallMs } from '../../policy/model.ts';

/** What a source saw. Addresses and MACs are canonical; `at` is when it was true, as well as the source can tell. */
export type Sighting =
  | {
      /** The address is used by the device with this MAC. */
      readonly kind: 'link';
      readonly source: 'neighbour' | 'lease';
      readonly address: string;
      readonly mac: string;
      readonly at: WallMs;
      /** The device proved just now that it is there; false for what was merely remembered by somebody. */
      readonly confirmed: boolean;
    }
  | {
      /** The source does not know the address any more; who had it last still holds. */
      readonly kind: 'gone';
      readonly source: 'neighbour' | 'lease';
      readonly address: string;
      readonly at: WallMs;
    }
  | {
      /** All leases are known as they were at this time. */
      readonly kind: 'read';
      readonly source: 'lease';
      readonly at: WallMs;
    }
  | {
      /** What the device calls itself. */
      readonly kind: 'host-name';
      readonly source: 'lease' | 'mdns' | 'reverse';
      readonly name: string;
      readonly address?: string;
      readonly mac?: string;
      readonly at: WallMs;
    }
  | {
      /** What the device's DHCP request says it runs: option 60, such as "android-dhcp-13". */
      readonly kind: 'vendor-class';
      readonly source: 'lease';
      readonly vendorClass: string;
      readonly address: string;
      readonly mac?: string;
      readonly at: WallMs;
    }
  | {
      /** A service that the device announces, such as `_mi-connect._udp`. */
      readonly kind: 'service';
      readonly source: 'mdns';
      readonly service: string;
      readonly address: string;
      readonly at: WallMs;
    };

export type Report = (sighting: Sighting) => void;

/** How well a source works at the moment, for people: one sentence, with the remedy where there is one. */
export interface SourceState {
  readonly working: boolean;
  readonly sentence: string;
}

/** Something that sees devices. It reports until stopped; failures are its own matter and show in its state. */
export interface Source {
  readonly name: string;
  start(report: Report): Promise<void>;
  stop(): Promise<void>;
  state(): SourceState;
  /** Looks again now, because somebody can't be told from another. Sources that are told of every change need none. */
  lookAgain?(): void;
}
