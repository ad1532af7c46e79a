import fc from 'fast-check';
import { expect, test } from 'vitest';
import { purposeIds } from '../../../../../lists/purposes.ts';
import { Dictionary, formatEntry, retiredLine } from '../../../../../resolver/control/store/packed/dictionary.ts';
import { Wanted, wantedName } from '../../../../../resolver/control/store/packed/wanted.ts';
import { outcomes } from '../../../../../resolver/policy/model.ts';

const domain = fc.constantFrom(
  'mi.com',
  'data.mi.com',
  'a.data.mi.com',
  'notmi.com',
  'mi.com.example',
  '*.mi.com',
  'com',
  // Nothing that a column of names can hold.
  'no name at all.mi.com',
);
const kind = fc.record({
  domain,
  qtype: fc.constantFrom(1, 28),
  outcome: fc.constantFrom(...outcomes),
  purpose: fc.option(fc.constantFrom(...purposeIds.slice(0, 3)), { nil: undefined }),
  reason: fc.constantFrom('full', 'pause', 'list:l'),
});
const line = fc.oneof(
  fc.tuple(kind, fc.nat(1000), fc.boolean()).map(([value, at, retired]) => ({ value, at, retired })),
  fc.constant(undefined),
);
const filter = fc.record(
  {
    domain: fc.constantFrom('mi.com', '*.mi.com', 'data.mi.com', '*.data.mi.com', '*.com', 'no name at all.mi.com'),
    outcome: fc.constantFrom(...outcomes),
    purpose: fc.constantFrom(...purposeIds.slice(0, 3)),
  },
  { requiredKeys: [] },
);

test('wanted is what the filter says of the texts, and since when', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), filter, (lines, { domain: asked, outcome, purpose }) => {
      const texts = lines.map((each) => {
        if (!each) return '';
        const text = formatEntry(each.value, each.at);
        return each.retired ? retiredLine(text) : text;
      });
      const wanted = new Wanted(new Dictionary('g', texts), {
        outcome,
        purpose,
        name: asked === undefined ? undefined : wantedName(asked),
      });
      const isAsked = (each: (typeof lines)[number]) =>
        each !== undefined &&
        (outcome === undefined || each.value.outcome === outcome) &&
        (purpose === undefined || each.value.purpose === purpose) &&
        (asked === undefined ||
          (asked.startsWith('*.') ? `.${each.value.domain}`.endsWith(asked.slice(1)) : each.value.domain === asked));
      expect(lines.map((_, i) => wanted.has(i + 1))).toEqual(lines.map(isAsked));
      expect(wanted.firstAt).toBe(Math.min(...lines.filter(isAsked).map((each) => each!.at)));
      expect(wanted.has(0)).toBe(false);
      expect(wanted.has(lines.length + 1)).toBe(false);
    }),
  );
});
