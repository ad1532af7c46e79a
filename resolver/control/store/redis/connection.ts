import { readFileSync } from 'node:fs';
import { Cluster, type CommonRedisOptions, Redis } from 'ioredis';
import { StoreAway } from '../store.ts';
import { describe, parseAddress, type RedisAddress } from './address.ts';
import { SteadyConnector, SteadySentinelConnector } from './connectors.ts';

export type Client = Redis | Cluster;

/** Longest wait for one reply, in milliseconds. A paused server keeps its connections, only this notices. */
const replyWithin = 3000;

/**
 * A client that reconnects for ever and never repeats a command by itself: what was under way when a connection broke
 * is rejected, and whoever sent it knows whether it may be sent twice.
 */
export function connect(url: string): { client: Client; where: string; failsOver: boolean } {
  const address = parseAddress(url);
  return { client: clientOf(address), where: describe(address), failsOver: address.kind === 'sentinel' };
}

function clientOf(address: RedisAddress): Client {
  const { username, password, sentinelPassword, db, hosts, master } = address;
  const tls = address.tls ? { ca: address.ca === undefined ? undefined : readAuthority(address.ca) } : undefined;
  const options: CommonRedisOptions & { tls?: typeof tls } = {
    username,
    password,
    tls,
    connectTimeout: replyWithin,
    commandTimeout: replyWithin,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
    // After a fail-over the old master may answer as a replica: look for the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  const retryStrategy = (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000);
  if (address.kind === 'cluster') {
    return new Cluster([...hosts], {
      lazyConnect: true,
      enableOfflineQueue: false,
      redisOptions: { ...options, Connector: SteadyConnector },
      clusterRetryStrategy: retryStrategy,
      slotsRefreshTimeout: replyWithin,
      slotsRefreshInterval: 5000,
      maxRedirections: 4,
      // Certificates are issued to names, a Cluster announces addresses; who sets TLS up so names the hosts.
      dnsLookup: tls ? (name, found) => found(null, name) : undefined,
    });
  }
  const common = { ...options, db, retryStrategy, lazyConnect: true };
  if (address.kind === 'single') return new Redis({ ...common, ...hosts[0], Connector: SteadyConnector });
  return new Redis({
    ...common,
    Connector: SteadySentinelConnector,
    sentinels: [...hosts],
    name: master,
    sentinelPassword,
    sentinelRetryStrategy: retryStrategy,
    enableTLSForSentinelMode: tls !== undefined,
    sentinelTLS: tls,
    failoverDetector: true,
  });
}

/** Resolves when commands can be sent, rejects when the first try fails; the client goes on trying by itself. */
export async function connected(client: Client): Promise<void> {
  if (client.status === 'ready') return;
  if (client.status !== 'connecting' && client.status !== 'connect') return client.connect();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once('ready', resolve);
  client.once('close', () => reject(new Error('Connection is closed.')));
  return promise;
}

function readAuthority(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new StoreAway(`The file ${path} that QUELL_STORE names can't be read; correct ?ca=<file>.`, { cause: error });
  }
}
