import { HashedName } from '../../policy/hashed-name.ts';
import { HEADER_LENGTH, readUint16, type } from '../../wire/header.ts';
import type { Asks } from '../misses.ts';
import { type Asker, UpstreamFailed } from '../upstream/upstream.ts';
import { answerBehindAlias } from './answer-behind-alias.ts';
import type { LocalKnowledge } from './local-knowledge.ts';

/**
 * Stands before the upstreams: a name that is an alias in this household is asked for by the name it leads to, and
 * the alias is put in front of the answer. From there on it is an answer like any that begins with a CNAME.
 */
export class Aliases implements Asks {
  private readonly upstreams: Asks;
  private readonly local: Pick<LocalKnowledge, 'aliasAt'>;
  private readonly name = new HashedName();

  constructor(upstreams: Asks, local: Pick<LocalKnowledge, 'aliasAt'>) {
    this.upstreams = upstreams;
    this.local = local;
  }

  ask(query: Uint8Array, name: Uint8Array, asker: Asker): void {
    this.name.name.read(name, 0, 0, name.length, false);
    this.name.hash();
    const alias = this.local.aliasAt(this.name);
    const afterName = HEADER_LENGTH + name.length;
    if (!alias || readUint16(query, afterName) === type.CNAME) {
      this.upstreams.ask(query, name, asker);
      return;
    }
    const { chain, target } = alias;
    const instead = Uint8Array.from([...query.subarray(0, HEADER_LENGTH), ...target, ...query.subarray(afterName)]);
    const question = query.subarray(0, afterName + 4);
    this.upstreams.ask(instead, target, {
      answered(answer) {
        let behind: Uint8Array;
        try {
          behind = answerBehindAlias(question, chain, answer);
        } catch (error) {
          asker.failed(new UpstreamFailed((error as Error).message, { cause: error }));
          return;
        }
        asker.answered(behind);
      },
      failed: (error) => asker.failed(error),
    });
  }
}
