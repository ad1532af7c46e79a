const MOST = 20;

/** What is wrong on this thread, a sentence each, for the owner. */
export class Complaints {
  /** The latest. */
  sentences: readonly string[] = [];

  readonly say = (sentence: string): void => {
    this.sentences = [...this.sentences.filter((other) => other !== sentence), sentence].slice(-MOST);
  };
}
