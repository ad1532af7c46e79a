import { purposeIds } from '../../lists/purposes.ts';
import type { Policy } from './policy.ts';
import { reason } from './verdict.ts';

/** The stable text of a reason, as the record and the API carry it. */
export function reasonText(policy: Policy, kind: number, number: number): string {
  switch (kind) {
    case reason.pause:
      return 'pause';
    case reason.rule:
      return `rule:${policy.parts.rules[number].id}`;
    case reason.purpose:
      return `purpose:${purposeIds[number]}`;
    case reason.list:
      return `list:${policy.matcher.sourceIds[number]}`;
    case reason.watch:
      return `watch:${policy.matcher.sourceIds[number]}`;
    case reason.tentative:
      return `tentative:${policy.matcher.sourceIds[number]}`;
    case reason.hold:
      return 'hold';
    default:
      return 'full';
  }
}
