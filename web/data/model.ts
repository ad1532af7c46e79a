import type { z } from '@hono/zod-openapi';
import type * as devices from '../../resolver/control/api/schemas/devices.ts';
import type * as household from '../../resolver/control/api/schemas/household.ts';
import type * as lists from '../../resolver/control/api/schemas/lists.ts';
import type * as packs from '../../resolver/control/api/schemas/packs.ts';
import type * as recipes from '../../resolver/control/api/schemas/recipes.ts';
import type * as record from '../../resolver/control/api/schemas/record.ts';
import type * as rules from '../../resolver/control/api/schemas/rules.ts';
import type * as session from '../../resolver/control/api/schemas/session.ts';

/** What the API answers, by the words of the product. Times are RFC 3339 text. */
export type Device = z.infer<typeof devices.Device>;
export type Identifier = z.infer<typeof devices.Identifier>;
export type PurposeState = z.infer<typeof devices.PurposeState>;
export type Coverage = z.infer<typeof devices.Coverage>;
export type Broke = z.infer<typeof devices.Broke>;
export type Suspect = z.infer<typeof devices.Suspect>;
export type Proposal = z.infer<typeof devices.Proposal>;
export type Fix = z.infer<typeof devices.Fix>;
export type QuietAnswer = NonNullable<Device['quiet']>[number];
export type DevicePatch = z.input<typeof devices.DevicePatch>;

export type State = z.infer<typeof household.State>;
export type Notice = z.infer<typeof household.Notice>;
export type Settings = z.infer<typeof household.Settings>;
export type SettingsPatch = z.input<typeof household.SettingsPatch>;
export type Person = z.infer<typeof household.Person>;
export type Token = z.infer<typeof household.Token>;
export type Change = z.infer<typeof household.Change>;
export type Me = z.infer<typeof household.Me>;
export type Simulation = z.infer<typeof household.Simulation>;

export type Rule = z.infer<typeof rules.Rule>;
export type NewRule = z.input<typeof rules.NewRule>;

export type List = z.infer<typeof lists.List>;
export type NewList = z.input<typeof lists.NewList>;
export type ListPreview = z.infer<typeof lists.Preview>;
export type KnownList = z.infer<typeof lists.Catalog>['lists'][number];
export type ListVersion = z.infer<typeof lists.ListVersions>['versions'][number];

export type Pack = z.infer<typeof packs.Pack>;
export type Purpose = z.infer<typeof packs.PurposeInfo>;
export type PurposeId = Purpose['id'];
export type DomainCard = z.infer<typeof packs.Domain>;
export type Evidence = z.infer<typeof packs.Evidence>;

export type Recipe = z.infer<typeof recipes.DeviceRecipe>;

export type Attempt = z.infer<typeof record.Attempt>;
export type Outcome = Attempt['outcome'];
export type Totals = State['today'];
export type Bucket = z.infer<typeof record.Bucket>;
export type Summary = z.infer<typeof record.Summary>;

export type Session = z.infer<typeof session.Session>;

export type PresetId = Device['preset'];
export type Choice = PurposeState['action'];

/** A row of the log with its time as milliseconds, ready to be folded. */
export type Row = Omit<Attempt, 'at'> & { readonly at: number };
export const asRow = (attempt: Attempt): Row => ({ ...attempt, at: Date.parse(attempt.at) });
