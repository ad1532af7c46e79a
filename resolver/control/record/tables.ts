import type { AttemptBatch } from '../../between/attempt-batch.ts';
import { decodeBatch } from '../../between/batch-bytes.ts';
import { Kinds } from '../../between/kinds.ts';
import type { SentBatch } from '../../between/messages.ts';

/** Boots whose tables are kept: more answering threads than anybody runs. */
const MOST = 64;

/** The tables of kinds that batches of the answering threads are new to, one a thread. */
export class Tables {
  readonly #known = new Map<string, { readonly table: number; readonly kinds: Kinds }>();

  /**
   * @returns undefined when what the batch builds on is not there. It is not confirmed then, and what is not confirmed
   * is sent again with all it needs.
   */
  read({ batch, boot, table, before }: SentBatch): AttemptBatch | undefined {
    let known = this.#known.get(boot);
    if (before === 0) {
      known = { table, kinds: new Kinds() };
      this.#known.delete(boot);
      this.#known.set(boot, known);
      if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
    }
    if (known?.table !== table || known.kinds.count !== before) return undefined;
    return decodeBatch(batch, known.kinds);
  }
}
