import { z } from 'zod';
import { type PurposeId, purposeIds } from '../../../lists/purposes.ts';
import type { Rule } from '../../policy/model.ts';
import { blockModes, presetIds, unknownDevicePolicies } from '../../policy/model.ts';
import { closest, issueSentence } from '../config/issue-sentence.ts';
import type { DeviceDocument, GroupDocument, ListDocument, SettingsDocument } from '../settings/documents.ts';
import { checkRegex } from './checked-rule.ts';
import { checkZone } from './checks.ts';
import { Problem } from './problem.ts';
import { deviceKinds, identifierSources } from './schemas/devices.ts';

const wall = z.number().int().nonnegative();
const id = z.string().min(1).max(128);
const action = z.enum(['allow', 'block']);
const mode = z.enum(blockModes).optional();
const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['device', 'group']), id }),
  z.strictObject({ kind: z.literal('everyone') }),
]);

const device = z.strictObject({
  id,
  name: z.string().optional(),
  suggestedName: z.string().optional(),
  kind: z.enum(deviceKinds),
  vendor: z.string().optional(),
  identifiers: z.array(
    z.strictObject({
      kind: z.enum(['mac', 'address', 'name']),
      value: z.string().min(1),
      source: z.enum(identifierSources),
      firstSeen: wall,
      lastSeen: wall,
    }),
  ),
  groups: z.array(id),
  preset: z.enum(presetIds).optional(),
  purposes: z.partialRecord(
    z.enum(purposeIds as [PurposeId, ...PurposeId[]]),
    z.strictObject({ action, until: wall.optional() }),
  ),
  pausedUntil: wall.optional(),
  recording: z.enum(['attempts', 'everything', 'nothing']),
  recordingUntil: wall.optional(),
  firstSeen: wall,
  lastSeen: wall,
  missed: z.array(z.strictObject({ domain: z.string(), at: wall })).optional(),
  formerly: z.array(z.strictObject({ id, until: wall, wentBy: z.array(z.string()) })).optional(),
  notSameAs: z.array(id).optional(),
});

const rule = z.strictObject({
  id,
  scope,
  target: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(['domain', 'suffix', 'regex', 'purpose', 'list']), value: z.string().min(1) }),
    z.strictObject({ kind: z.literal('everything') }),
  ]),
  action,
  mode,
  until: wall.optional(),
  schedule: z
    .strictObject({
      zone: z.string(),
      windows: z.array(z.strictObject({ days: z.array(z.number().int()), from: z.string(), to: z.string() })),
    })
    .optional(),
  comment: z.string().optional(),
  recipe: z.string().optional(),
  createdAt: wall,
});

const list = z.strictObject({
  id,
  name: z.string(),
  url: z.string(),
  kind: z.enum(['block', 'allow']),
  scope,
  enabled: z.boolean(),
  watchOnly: z.boolean(),
  mode,
  pinned: z.string().optional(),
  everyHours: z.number().positive().optional(),
});

const settings = z.strictObject({
  id: z.literal('household'),
  name: z.string(),
  zone: z.string(),
  defaultPreset: z.enum(presetIds),
  blockMode: z.enum(blockModes),
  blockTtl: z.number().int().min(1),
  unknownDevices: z.enum(unknownDevicePolicies),
  unknownSince: wall.optional(),
  retention: z.strictObject({
    attemptsDays: z.number().int().min(1),
    rollupDays: z.number().int().min(1),
    fullLoggingHours: z.number().int().min(1).optional(),
  }),
});

const group = z.strictObject({ id, kind: z.enum(['group', 'person']), name: z.string() });

const documents = z.object({
  settings: z.array(settings).max(1),
  device: z.array(device),
  group: z.array(group),
  rule: z.array(rule),
  list: z.array(list),
});

export interface ExportedDocuments {
  readonly settings: readonly SettingsDocument[];
  readonly device: readonly DeviceDocument[];
  readonly group: readonly GroupDocument[];
  readonly rule: readonly Rule[];
  readonly list: readonly ListDocument[];
}

/** What a file says is checked like any input: one wrong document and nothing is imported. @throws Problem 400 */
export async function readExport(input: unknown): Promise<ExportedDocuments> {
  const { data, error } = documents.safeParse(input);
  if (data) {
    await checkRules(data.rule);
    return data;
  }
  const [issue] = error.issues.map(closest);
  const field = `documents.${issue.path.join('.')}`;
  const message = `Nothing was imported: ${issueSentence(issue, field, input)}`;
  throw new Problem(400, message, { errors: [{ field, message }] });
}

/** What the schema can't see and policy could not live with. */
async function checkRules(rules: readonly Rule[]): Promise<void> {
  for (const [i, { target, schedule }] of rules.entries()) {
    if (target.kind === 'regex') await checkRegex(target.value, `documents.rule.${i}.target.value`);
    if (schedule) checkZone(schedule.zone, `documents.rule.${i}.schedule.zone`);
  }
}
