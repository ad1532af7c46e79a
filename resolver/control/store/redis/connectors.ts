import { SentinelConnector, StandaloneConnector } from 'ioredis/built/connectors/index.js';

/**
 * ioredis listens to the first error of a socket only. A TLS socket may report two, the refused certificate and then
 * the server's alert, and the second would end the process: these connectors listen to all.
 */
export class SteadyConnector extends StandaloneConnector {
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof StandaloneConnector>[0]);
  }

  override async connect(...args: Parameters<StandaloneConnector['connect']>) {
    const stream = await super.connect(...args);
    return stream.on('error', alreadyTold);
  }
}

export class SteadySentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
  }

  override async connect(...args: Parameters<SentinelConnector['connect']>) {
    const stream = await super.connect(...args);
    return stream.on('error', alreadyTold);
  }
}

function alreadyTold(): void {}
