import { describe, expect, it } from 'vitest';
import type { RelayedQuestion } from '../../../resolver/between/messages.ts';
import { Relay, RelayBusy } from '../../../resolver/control/relay.ts';

const message = new Uint8Array(12);

function relay() {
  const sent: RelayedQuestion[] = [];
  return { sent, relay: new Relay((question) => sent.push(question)) };
}

describe('questions that come over HTTP', () => {
  it('get each its own answer, in whatever order these come', async () => {
    const { sent, relay: one } = relay();
    const answers = [one.ask(message, '192.168.1.7'), one.ask(message, '192.168.1.8', 'annas-phone')];
    expect(sent).toMatchObject([{ address: '192.168.1.7' }, { address: '192.168.1.8', name: 'annas-phone' }]);
    one.take({ kind: 'relayed-answer', id: sent[1].id, message: Uint8Array.of(2) });
    one.take({ kind: 'relayed-answer', id: sent[0].id, message: Uint8Array.of(1) });
    expect(await Promise.all(answers)).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });

  it('that are met with silence have no answer', async () => {
    const { sent, relay: one } = relay();
    const answer = one.ask(message, '192.168.1.7');
    one.take({ kind: 'relayed-answer', id: sent[0].id, message: new Uint8Array(0) });
    expect(await answer).toBeUndefined();
  });

  it('never get the answer to a question of a control that died', async () => {
    const { sent: before, relay: died } = relay();
    void died.ask(message, '192.168.1.7');
    const { sent, relay: successor } = relay();
    const answer = successor.ask(message, '192.168.1.8');
    expect(sent[0].id).not.toBe(before[0].id);
    successor.take({ kind: 'relayed-answer', id: before[0].id, message: Uint8Array.of(9) });
    successor.take({ kind: 'relayed-answer', id: sent[0].id, message: Uint8Array.of(1) });
    expect(await answer).toEqual(Uint8Array.of(1));
  });

  it('are turned away while too many wait, and taken again when one was answered', async () => {
    const { sent, relay: one } = relay();
    for (let i = 0; i < 256; i++) void one.ask(message, '192.168.1.7');
    expect(() => one.ask(message, '192.168.1.7')).toThrow(RelayBusy);
    one.take({ kind: 'relayed-answer', id: sent[0].id, message: Uint8Array.of(1) });
    void one.ask(message, '192.168.1.7');
    expect(sent).toHaveLength(257);
  });
});
