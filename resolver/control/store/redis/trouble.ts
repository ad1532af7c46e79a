import { Conflict, SetBack, StoreAway } from '../store.ts';

/** What Redis or the way to it says, as one sentence with the remedy. */
export function explainRedis(error: unknown, where: string): Error {
  if (error instanceof StoreAway || error instanceof Conflict || error instanceof SetBack) return error;
  const message = error instanceof Error ? error.message : String(error);
  // Not the error itself: it carries the command with all that was to be recorded, and would take that to the log.
  return new StoreAway(`${where} ${sentence(message)}`, { cause: message });
}

function sentence(message: string): string {
  for (const [pattern, text] of sentences) if (pattern.test(message)) return text;
  return noAnswer;
}

export const noAnswer = 'does not answer; start it or set QUELL_STORE=sqlite.';

const sentences: readonly (readonly [RegExp, string])[] = [
  [/WRONGPASS|NOAUTH|invalid username-password/, 'refuses the password; correct user and password in QUELL_STORE.'],
  [/NOPERM/, 'forbids what Quell needs; allow its user the keys ~quell:*, the channels &quell:* and +@all -@admin.'],
  [/OOM command not allowed/, 'is out of memory; raise its maxmemory or keep attempts for fewer days.'],
  [/MISCONF/, "can't write to its disk; make room there or look at its log."],
  [/LOADING/, 'is still loading its data; it will answer soon.'],
  [/READONLY|UNBLOCKED/, 'is a replica just now; it will answer once a master is chosen.'],
  [/CLUSTERDOWN|MASTERDOWN|Cluster/i, 'has no master for this household just now; start the missing node.'],
  [
    /self.signed|certificate|altname|SSL|TLS/i,
    'has a certificate that is not trusted; name its authority with ?ca=<file>.',
  ],
  [/sentinel/i, 'is not known to any Sentinel; start them, or correct the name in QUELL_STORE.'],
  [/unknown command|ERR .*script/i, 'is too old or not Redis; use version 6.2 or newer.'],
];
