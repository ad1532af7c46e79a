/** What dig printed, as far as tests ask. */
export interface DigAnswer {
  /** "NOERROR", "NXDOMAIN", … */
  readonly status: string;
  readonly answers: readonly { name: string; ttl: number; type: string; data: string }[];
  /** Extended errors: code and text. */
  readonly errors: readonly { code: number; text: string }[];
  readonly text: string;
}

export const parseDig = (text: string): DigAnswer => {
  const section = /;; ANSWER SECTION:\n([\s\S]*?)\n\n/.exec(text)?.[1] ?? '';
  const answers = section.split('\n').flatMap((line) => {
    const [, name, ttl, type, data] = /^(\S+)\s+(\d+)\s+IN\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, ttl: Number(ttl), type, data }];
  });
  const errors = [...text.matchAll(/^; EDE: (\d+)[^:\n]*(?:: \((.*)\))?/gm)].map(([, code, said = '']) => ({
    code: Number(code),
    text: said,
  }));
  return { status: /status: (\w+)/.exec(text)?.[1] ?? '', answers, errors, text };
};
