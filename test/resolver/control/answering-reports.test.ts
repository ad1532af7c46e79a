import { expect, it } from 'vitest';
import type { AnsweringHealth } from '../../../resolver/between/messages.ts';
import { AnsweringReports } from '../../../resolver/control/answering-reports.ts';
import type { RecorderStats } from '../../../resolver/control/record/recorder.ts';

const healthOf = (thread: number, notices: string[]) =>
  ({ thread, notices, upstreams: [] }) as unknown as AnsweringHealth;
const recorded = { lost: {} } as RecorderStats;

it('what a thread finds wrong is said once, shown, and gone when nobody says it any more', () => {
  const said: string[] = [];
  const reports = new AnsweringReports((sentence) => said.push(sentence));
  expect(reports.isKnown).toBe(false);
  for (const thread of [0, 1, 0]) reports.take(healthOf(thread, ['The certificate is old.']));
  reports.take(healthOf(1, ['The certificate is old.', 'A record is wrong.']));
  expect(said).toEqual(['The certificate is old.', 'A record is wrong.']);
  expect(reports.notices(recorded).map(({ sentence }) => sentence)).toEqual(said);
  reports.take(healthOf(0, []));
  reports.take(healthOf(1, ['A record is wrong.']));
  expect(reports.notices(recorded)).toEqual([{ id: 'answering', level: 'warning', sentence: 'A record is wrong.' }]);
  reports.take(healthOf(1, []));
  reports.take(healthOf(0, ['The certificate is old.']));
  expect(said).toHaveLength(3);
});
