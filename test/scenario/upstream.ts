import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { Packet } from 'dns2';
import { listenOnSamePort } from './same-port.ts';

/** A resolver on loopback that answers every A question with an address made of the name. UDP and TCP. */
export class FakeInternet {
  asked: string[] = [];
  private readonly udp = createSocket('udp4');
  private readonly tcp = createServer();

  async start(): Promise<this> {
    this.udp.on('message', (message, { port, address }) => this.udp.send(this.answer(message), port, address));
    this.tcp.on('connection', (socket) => {
      socket.on('data', (data: Buffer) => {
        const answer = this.answer(data.subarray(2));
        socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 255]), answer]));
      });
      socket.on('error', () => {});
    });
    await listenOnSamePort(this.udp, this.tcp);
    return this;
  }

  get address(): string {
    return `udp://127.0.0.1:${this.udp.address().port}`;
  }

  async stop(): Promise<void> {
    this.udp.close();
    this.tcp.close();
  }

  private answer(message: Buffer): Buffer {
    const request = Packet.parse(message);
    const response = Packet.createResponseFromRequest(request);
    const [question] = request.questions;
    this.asked.push(question.name);
    response.additionals = [];
    response.header.ra = 1;
    if (question.type === Packet.TYPE.A) {
      response.answers.push({ ...question, ttl: 300, address: '198.51.100.7' } as (typeof response.answers)[number]);
    }
    return response.toBuffer();
  }
}
