import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigError } from './config-error.ts';

/** A YAML file whose values can be traced back to their lines. */
export class ConfigFile {
  readonly name: string;
  readonly value: Record<string, unknown>;
  private readonly document: Document;
  private readonly lines: LineCounter;

  private constructor(name: string, document: Document, lines: LineCounter, value: Record<string, unknown>) {
    this.name = name;
    this.document = document;
    this.lines = lines;
    this.value = value;
  }

  /** @throws ConfigError when it is no YAML, or no map of keys */
  static read(name: string, text: string): ConfigFile {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error) {
      const { line } = lines.linePos(error.pos[0]);
      throw new ConfigError([
        `${name}, line ${line}: this is not valid YAML (${firstSentence(error.message)}); check indentation, colons and quotes.`,
      ]);
    }
    const value: unknown = document.toJS() ?? {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ConfigError([`${name}, line 1: the file must be a map of keys, such as "dataDir: ./data".`]);
    }
    return new ConfigFile(name, document, lines, value as Record<string, unknown>);
  }

  /** Line of what stands at the path, or of the closest thing around it. */
  lineOf(path: readonly PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth--) {
      const node = this.document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return this.lines.linePos(node.range[0]).line;
    }
    return 1;
  }

  /** Line of a key itself, known to the schema or not. */
  lineOfKey(path: readonly PropertyKey[], key: string): number {
    const map = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    const range = pair && isScalar(pair.key) ? pair.key.range : undefined;
    return range ? this.lines.linePos(range[0]).line : this.lineOf(path);
  }
}

const firstSentence = (message: string): string =>
  message
    .split('\n')[0]
    .replace(/ at line \d+.*$/, '')
    .replace(/[.:]$/, '');
