import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sources = new URL('load/', import.meta.url).pathname;

export interface Programs {
  readonly load: string;
  readonly stub: string;
  readonly echo: string;
  readonly pace: string;
}

/** Compiles what must not cost more than it measures. */
export async function buildPrograms(folder: string): Promise<Programs> {
  mkdirSync(folder, { recursive: true });
  const build = async (name: string, parts: readonly string[]): Promise<string> => {
    const program = join(folder, name);
    await run('gcc', ['-O2', '-Wall', '-o', program, ...parts.map((part) => join(sources, part)), '-lm']);
    return program;
  };
  return {
    load: await build('load', ['load.c', 'question.c', 'check.c', 'tally.c', 'fuzz.c']),
    stub: await build('stub', ['stub.c', 'question.c']),
    echo: await build('echo', ['echo.c']),
    pace: await build('pace', ['pace.c']),
  };
}
