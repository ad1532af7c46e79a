import { z } from '@hono/zod-openapi';
import { Time } from './common.ts';
import { Schedule } from './rules.ts';

/** A named wish of a pack: what it opens on a phone for a while. */
export const Recipe = z
  .object({
    /** `xiaomi:find-my-phone` */
    id: z.string(),
    title: z.string(),
    /** What is open meanwhile, and what that costs. */
    sentence: z.string(),
    /** How long, when nobody says otherwise. */
    minutes: z.number().int(),
    opens: z.array(z.string()),
  })
  .openapi('Recipe');

export const DeviceRecipe = Recipe.extend({
  /** Whether its names are open on this device, now or at the times of its schedule. */
  running: z.boolean(),
  until: Time.optional(),
  schedule: Schedule.optional(),
}).openapi('DeviceRecipe');

export const DeviceRecipes = z.object({ recipes: z.array(DeviceRecipe) }).openapi('DeviceRecipes');

/** For a while, as long as the recipe proposes when nothing is said; or every week. */
export const RunRecipe = z
  .strictObject({
    minutes: z
      .number()
      .int()
      .min(1)
      .max(24 * 60)
      .optional(),
    schedule: Schedule.optional(),
  })
  .openapi('RunRecipe');
