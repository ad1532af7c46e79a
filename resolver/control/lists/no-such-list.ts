/** There is no such list or version, or nothing to do with it; the message is a sentence. */
export class NoSuchList extends Error {
  override name = 'NoSuchList';
}
