import type { AnsweringReports } from './answering-reports.ts';
import type { Household } from './settings/household.ts';

/** Whether questions are answered and the household can be changed; the sentence says what is missing. */
export function readiness(reports: AnsweringReports, household: Household): { ready: boolean; says: string } {
  if (!reports.isKnown)
    return { ready: false, says: 'Quell is starting; nobody has said yet whether names are answered.' };
  if (!reports.isAnswering) return { ready: false, says: 'Names are not answered.' };
  if (household.readOnly) return { ready: false, says: household.readOnly };
  return { ready: true, says: 'Names are answered, and the household can be changed.' };
}
