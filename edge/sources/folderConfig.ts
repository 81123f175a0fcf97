import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { FORMATS } from '../analyze/readSamples.ts';

const folderFilesSchema = z
  .strictObject({
    /**
     * Below the folder, with `/` between levels; `{asset}` and `{point}` stand for a level each, `*` for any text
     * within one.
     */
    path: z.string().min(1),
    asset: nameSchema.optional(),
    point: nameSchema.optional(),
    /** By default taken from the file extension, else detected from the content. */
    format: z.enum(FORMATS).optional(),
    /** Instead of one point: the channel of each, a number from 0, or a table's column by name. */
    channels: z.record(nameSchema, z.string().min(1)).optional(),
    /** For files that do not state their rate. */
    sampleRateHz: z.number().min(10).max(200_000).optional(),
    /** Multiplier from the file's numbers to the point's unit; for an integer WAV file, from full scale. */
    scale: z
      .number()
      .refine((scale) => scale !== 0, { message: 'not 0: the signal would be flat' })
      .optional(),
  })
  .refine((f) => f.asset !== undefined || f.path.split('/').includes('{asset}'), {
    message: 'a path with a level {asset}, or the setting "asset"',
    path: ['path'],
  })
  .refine((f) => f.point !== undefined || f.channels !== undefined || f.path.split('/').includes('{point}'), {
    message: 'a path with a level {point}, or the setting "point" or "channels"',
    path: ['path'],
  });
export type FolderFiles = z.infer<typeof folderFilesSchema>;

export const folderSourceSchema = z.strictObject({
  type: z.literal('folder'),
  /** May be a network share: while it is absent, the source waits for it. */
  directory: z.string().min(1),
  intervalMs: z.number().min(100).default(2000),
  /** A file unchanged for this long is complete. */
  settleMs: z.number().min(0).default(5000),
  maxMegabytes: z.number().min(1).max(1024).default(64),
  /** Its files are historical: they only make rows of features and are not judged. */
  historical: z.boolean().default(false),
  files: z.array(folderFilesSchema).min(1),
});
export type FolderSourceConfig = z.infer<typeof folderSourceSchema>;
