import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianVersion } from '../machine.ts';
import type { Setting, Target } from './target.ts';

interface Recipe {
  readonly name: string;
  readonly package: string;
  /** Text of server.conf. */
  readonly config: (setting: Setting) => string;
  readonly command: (config: string, setting: Setting) => readonly string[];
}

/** A server of Debian's, with its configuration in one file. */
export function debianServer(recipe: Recipe): Target {
  return {
    name: recipe.name,
    version: debianVersion(recipe.package),
    async prepare(setting) {
      const file = join(setting.folder, 'server.conf');
      writeFileSync(file, recipe.config(setting));
      return { command: recipe.command(file, setting), folder: setting.folder };
    },
  };
}

/** The list in a server's own notation, written once. */
export function translated({ mixes, list }: Setting, name: string, line: (domain: string) => string): string {
  const folder = join(mixes.folder, 'translated');
  const file = join(folder, `${name}-${list}.conf`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const names = readFileSync(mixes.list(list), 'utf8').trimEnd().split('\n');
  writeFileSync(`${file}.new`, `${names.map(line).join('\n')}\n`);
  renameSync(`${file}.new`, file);
  return file;
}
