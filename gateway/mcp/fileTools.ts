import { z } from 'zod';
import { forecastTable } from '#models/demand/forecastTable.ts';
import { readLong, readWide } from '#models/demand/readHistory.ts';
import { readNamed } from '#models/tables/parseTable.ts';
import { parseWorkbookOrText } from '#models/tables/parseWorkbook.ts';
import { type Tool, tool } from './tool.ts';

/** Diagnoses a recording as `millwright analyze --json` does. @throws Error if it cannot be read. */
export type Analyze = (file: string, options: AnalyzeArguments) => unknown;

const analyzeInput = {
  file: z.string().describe('path of the recording on the computer that this server runs on'),
  sampleRate: z.number().positive().optional().describe('Hz; WAV and tables with a time column know their own'),
  speed: z.number().positive().optional().describe('rpm of the shaft'),
  bearing: z.string().optional().describe('a designation such as 6205, or balls=9,ball=7.94,pitch=39.04 in mm'),
  channel: z.string().default('0'),
  unit: z.enum(['g', 'm/s2', 'mm/s', 'um', '1']).default('g'),
  blades: z.int().positive().optional(),
  teeth: z.int().positive().optional(),
  poles: z.int().positive().optional(),
};
export type AnalyzeArguments = Omit<z.infer<z.ZodObject<typeof analyzeInput>>, 'file'>;

const MAX_TABLE_CHARACTERS = 2_000_000;
const MAX_SEASON = 400;
/** Sixty periods of a thousand items already exceed the context of a language model. */
const MAX_HORIZON = 60;

/** Forecasts a table that the caller provides; needs no gateway. */
export const forecastTool: Tool = tool({
  name: 'forecast_table',
  description:
    'Forecasts each item of a demand table. Wide: id, then a column a period, oldest first. Long: columns id, period, demand.',
  input: {
    csv: z.string().min(1).max(MAX_TABLE_CHARACTERS).describe('the table as separated values with a header'),
    format: z.enum(['wide', 'long']).default('wide'),
    horizon: z.int().min(1).max(MAX_HORIZON).default(12),
    frequency: z.int().min(1).max(MAX_SEASON).default(12).describe('periods of a season: 12 for months, 7 for days'),
    leadTime: z.int().min(1).max(MAX_HORIZON).default(1),
  },
  run: async (_request, { csv, format, horizon, frequency, leadTime }) => {
    const notes: string[] = [];
    const file = { name: 'table', bytes: Buffer.from(csv) };
    const read = format === 'long' ? readLong : readWide;
    const items = readNamed(file, undefined, (line) => notes.push(line), read, parseWorkbookOrText);
    const settings = { horizon, frequency: [frequency], quantiles: [0.05, 0.5, 0.95], leadTime };
    return { notes, forecasts: forecastTable(items, settings) };
  },
});

/** Diagnoses a local file: only for a server that no one but the local user can reach. */
export const analyzeTool = (analyze: Analyze): Tool =>
  tool({
    name: 'analyze_recording',
    description:
      'Diagnoses a vibration recording: which fault, at which stage and confidence, on what evidence, or what is missing to say.',
    input: analyzeInput,
    run: async (_request, { file, ...options }) => analyze(file, options),
  });
