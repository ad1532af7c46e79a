import { describe, expect, it } from 'vitest';
import { coverageReasons } from '../../../resolver/control/coverage/coverage.ts';
import { coverageRemedy, coverageSentence } from '../../../web/data/coverage-words.ts';
import type { Coverage } from '../../../web/data/model.ts';

const because = (why: Coverage['why'], remedy?: string): Coverage => ({ state: 'unknown', sentence: '', why, remedy });

describe('how we know of a phone’s look-ups', () => {
  it.each([
    [30, 'Last asked Quell for a name: now.'],
    [1200, 'Last asked Quell for a name: 20 minutes ago.'],
  ])('says when it asked (%i seconds ago)', (seconds, sentence) => {
    expect(coverageSentence(because({ reason: 'asks', seconds }))).toBe(sentence);
  });

  it.each([
    [60 * 60, '60 minutes'],
    [3 * 60 * 60, '3 hours'],
    [3 * 24 * 60 * 60, '3 days'],
  ])('says how long it is silent in one unit (%i seconds)', (seconds, time) => {
    expect(coverageSentence(because({ reason: 'fell-silent', seconds }))).toContain(`for ${time}.`);
  });

  it('has a whole sentence for every reason, and what would help where something does', () => {
    for (const reason of coverageReasons) {
      expect(coverageSentence(because({ reason, seconds: 60, name: 'dns.example' }))).toMatch(/^[A-Z][^{}]+\.$/);
      expect(coverageRemedy(because({ reason }))).toBe('');
      expect(coverageRemedy(because({ reason }, 'Do this.'))).not.toBe('');
    }
    expect(coverageSentence(because({ reason: 'other-resolver', name: 'dns.example' }))).toContain('dns.example');
  });
});
