import { once } from 'node:events';
import type { Quell } from './quell.ts';

/** Reaches into the control thread of the running product by Node's inspector, to do to it what bugs do. */
export class ControlThread {
  private readonly socket: WebSocket;
  private readonly session: string;
  private id = 0;

  private constructor(socket: WebSocket, session: string) {
    this.socket = socket;
    this.session = session;
  }

  static async of(quell: Quell): Promise<ControlThread> {
    const address = /ws:\/\/\S+/.exec(await quell.said(/Debugger listening on/))?.[0] as string;
    const socket = new WebSocket(address);
    await once(socket, 'open');
    const attached = new Promise<string>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const { method, params } = JSON.parse(String(data));
        if (method === 'NodeWorker.attachedToWorker' && params.workerInfo.title.includes('control'))
          resolve(params.sessionId);
      });
    });
    socket.send(JSON.stringify({ id: 1, method: 'NodeWorker.enable', params: { waitForDebuggerOnStart: false } }));
    return new ControlThread(socket, await attached);
  }

  run(expression: string): void {
    const message = JSON.stringify({ id: ++this.id, method: 'Runtime.evaluate', params: { expression } });
    const params = { sessionId: this.session, message };
    this.socket.send(JSON.stringify({ id: 100 + this.id, method: 'NodeWorker.sendMessageToWorker', params }));
  }

  close(): void {
    this.socket.close();
  }
}
