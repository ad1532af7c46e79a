import type { Exchange } from '../exchange.ts';

/** Names that the house answers for itself. */
export interface LocalKnowledge {
  /** @returns offset after the answer, or 0 when the question is not for the house */
  answer(x: Exchange): number;
}
