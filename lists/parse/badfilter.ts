/**
 * `||ads.example^$badfilter` takes back the rule `||ads.example^` of the same list, wherever it stands. Such lines are
 * rare, so lists are searched for them first and most lists pay nothing for them.
 * @returns the rules taken back, in the form of `comparableRule`
 */
export function cancelledRules(bytes: Uint8Array): Set<string> {
  const cancelled = new Set<string>();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf('badfilter'); at >= 0; ) {
    const start = buffer.lastIndexOf('\n', at) + 1;
    const newline = buffer.indexOf('\n', at);
    const end = newline < 0 ? buffer.length : newline;
    const rule = comparableRule(buffer.toString('utf8', start, end).trim());
    const without = rule.replace(/(\$|,)badfilter(?=,|$)/, (_, before: string) => (before === '$' ? '$' : ''));
    if (without !== rule && !rule.startsWith('!')) cancelled.add(without.replace('$,', '$').replace(/\$$/, ''));
    at = buffer.indexOf('badfilter', end);
  }
  return cancelled;
}

/** A rule with its modifiers sorted, because their order means nothing. */
export function comparableRule(rule: string): string {
  const dollar = rule.lastIndexOf('$');
  if (dollar < 0) return rule;
  return `${rule.slice(0, dollar)}$${rule
    .slice(dollar + 1)
    .split(',')
    .sort()
    .join(',')}`;
}
