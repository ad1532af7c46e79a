#!/usr/bin/env node
import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };

/** `quell <command>`: each command is loaded when it is called. */
const program = new Command('quell')
  .description('DNS and telemetry blocker for households: purposes, per phone')
  .version(packageJson.version)
  .showHelpAfterError('(quell help lists the commands)');

program
  .command('start')
  .description('answer names, serve the page')
  .option('--from-npm', 'use port 5300 where 53 can not be bound')
  .action(async ({ fromNpm }) => (await import('./cli/start.ts')).run({ fallBack: fromNpm === true }));

program
  .command('check')
  .description('check the configuration and say what is wrong with it')
  .action(async () => (await import('./cli/check.ts')).run());

program
  .command('query')
  .description('ask the running Quell for a name, as a phone would')
  .argument('<name>')
  .argument('[type]', 'A, AAAA, HTTPS, TYPE65 …', 'A')
  .option('--as <device>', 'decide as for this device (its name or id)')
  .action(async (name, type, options) => (await import('./cli/ask.ts')).run(name, type, options.as));

program
  .command('explain')
  .description('say which rule, purpose or list decides about a name on a device')
  .argument('<device>', 'its name, id or address')
  .argument('<name>')
  .argument('[type]', 'A, AAAA, HTTPS, TYPE65 …', 'A')
  .option('--at <time>', 'as it was decided then: "2026-11-26T18:30"')
  .action(async (device, name, type, options) =>
    (await import('./cli/explain.ts')).run(device, name, type, options.at),
  );

const lists = program.command('lists').description('subscribed lists');
lists
  .command('update')
  .description('look for new versions now')
  .action(async () => (await import('./cli/lists.ts')).update());

program
  .command('export')
  .description("write the household's settings as JSON, without secrets")
  .argument('[file]', 'standard output without one')
  .action(async (file) => (await import('./cli/backup.ts')).exportTo(file));

program
  .command('import')
  .description('read settings that export wrote')
  .argument('<file>')
  .action(async (file) => (await import('./cli/backup.ts')).importFrom(file));

program
  .command('login-link')
  .description('print a link that logs the owner in, once, within a quarter of an hour')
  .action(async () => (await import('./cli/login-link.ts')).run());

program
  .command('doctor')
  .description('ask everything that must work and say what does not')
  .option('--quiet', 'say nothing, only exit with 0 or 1')
  .action(async ({ quiet }) => (await import('./cli/doctor.ts')).run({ quiet: quiet === true }));

try {
  await program.parseAsync();
} catch (error) {
  // What a person can do something about is said in one sentence; the rest is a bug and shows where it is.
  const foreseen =
    error instanceof Error && ('code' in error || error.name !== 'Error' || error.message.includes('; '));
  console.error(foreseen ? (error as Error).message : error);
  process.exitCode = 1;
}
