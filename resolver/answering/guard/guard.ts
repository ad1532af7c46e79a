import { classChaos, classIn, rcode, type } from '../../wire/header.ts';
import { SILENCE } from '../../wire/question.ts';
import type { DeviceState } from '../device-states.ts';
import type { Exchange } from '../exchange.ts';
import { Pressure } from './pressure.ts';

export interface GuardOptions {
  /** Questions a second that one device may ask for long, and how many at once beside that. */
  readonly rate: number;
  readonly burst: number;
  /** A forwarder that doesn't say who asks may do so many times what a device may. */
  readonly forwarderFactor: number;
  /** Questions of one device that may be under way upstream; more fail until some are answered. */
  readonly underWay: number;
  /** Octets that a client may get over UDP within a second for each that it sent; more are asked for over TCP. */
  readonly amplification: number;
}

export const guardDefaults: GuardOptions = {
  rate: 500,
  burst: 1000,
  forwarderFactor: 10,
  underWay: 256,
  amplification: 10,
};

/** Octets a second that nobody minds, whatever was asked. */
const FREE_OCTETS = 64 * 1024;
/** Questions that wait for an answer, of all clients together: what bounds the memory they take. */
const MOST_UNDER_WAY = 16_384;
/** So many times what a device may have under way, for who asks for many. */
const MANY = 16;

/** Keeps answering from growing without bound, whatever is asked and by whom. */
export class Guard {
  readonly pressure: Pressure;
  private readonly options: GuardOptions;
  /** Milliseconds between two questions at the rate, and how far ahead of it a device may be. */
  private readonly interval: number;
  private readonly ahead: number;
  private total = 0;

  constructor(options: GuardOptions = guardDefaults, pressure: Pressure = new Pressure()) {
    this.options = options;
    this.pressure = pressure;
    this.interval = 1000 / options.rate;
    this.ahead = this.interval * options.burst;
  }

  /** Nobody from outside gets an answer: an open resolver is a weapon, and tells strangers what a household knows. */
  turnsAway({ client }: Exchange): boolean {
    return client.standing === 'outside';
  }

  /** @returns noerror to go on, an rcode to refuse with, or SILENCE */
  check(x: Exchange): number {
    const { qclass, qtype } = x.question;
    if (qclass !== classIn) return qclass === classChaos ? rcode.refused : rcode.notimp;
    if (qtype === type.AXFR || qtype === type.IXFR) return rcode.refused;
    // RFC 6895 section 3.1: what asks for no record type.
    if (qtype === 0 || qtype === type.OPT) return rcode.formerr;
    if (qtype >= 128 && qtype < type.ANY) return rcode.notimp;
    if (this.keepsRate(x)) return rcode.noerror;
    // Silence slows a device that runs wild; an error would be asked again at once.
    return x.transport === 'udp' ? SILENCE : rcode.refused;
  }

  /** Counts a question that goes upstream; false: the device has too many under way. */
  admit(x: Exchange): boolean {
    const limit = this.options.underWay * (asksForMany(x) ? MANY : 1);
    if (x.device.underWay >= limit || this.total >= MOST_UNDER_WAY) return false;
    x.device.underWay++;
    this.total++;
    return true;
  }

  /** To be called once for each question that was admitted. */
  release(device: DeviceState): void {
    device.underWay--;
    this.total--;
  }

  /**
   * Whether an answer over UDP would make us the larger half of what a client's address gets and sends: then it may
   * not be the one who asked. To be called once for each.
   */
  amplifies({ client, length, now }: Exchange, answer: number): boolean {
    if (now >= client.sumEnds) {
      client.sumEnds = now + 1000;
      client.octetsAsked = client.octetsAnswered = 0;
    }
    client.octetsAsked += length;
    const answered = client.octetsAnswered + answer;
    const isTooMuch = answered > FREE_OCTETS && answered > this.options.amplification * client.octetsAsked;
    client.octetsAnswered = isTooMuch ? client.octetsAnswered + length : answered;
    return isTooMuch;
  }

  /** A leaky bucket in one number: when the device's questions would be over if it had asked at the rate. */
  private keepsRate(x: Exchange): boolean {
    const { client, device, now } = x;
    const isNetwork = asksForMany(x);
    if (isNetwork && client.standing === 'machine') return true;
    if (device.busyUntil >= now + this.ahead) return false;
    // The burst grows with the rate: as many milliseconds ahead are so many times the questions.
    const interval = isNetwork ? this.interval / this.options.forwarderFactor : this.interval;
    device.busyUntil = Math.max(device.busyUntil, now) + interval;
    return true;
  }
}

/** A forwarder that doesn't say who asks. */
const asksForMany = ({ client, device }: Exchange): boolean =>
  device === client.device && (client.trusted || client.standing === 'forwarder' || client.standing === 'machine');
