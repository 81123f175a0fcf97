import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { positive } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { unitSchema } from '#models/contracts/units.ts';
import type { RecordingContext } from '#models/health/diagnosis/assessability.ts';
import type { JudgedRecording } from '#models/health/diagnosis/evaluateDiagnosis.ts';
import { bearingFactorsSchema } from '#models/machine/bearing.ts';
import { findBearing } from '#models/machine/bearingTable.ts';
import type { FolderEvaluation } from './diagnosisReport.ts';
import { writeFile } from './withUsageError.ts';

/** `manifest.json` of a folder of recordings; unknown fields are ignored. */
const manifestSchema = z.object({
  unit: unitSchema,
  factors: bearingFactorsSchema.optional(),
  /** Instead of factors: a designation of the bearing table, with or without maker and suffixes. */
  bearing: z.string().optional(),
  recordings: z
    .array(
      z.object({
        file: z.string(),
        fault: z.string(),
        rpm: z.number().positive(),
        sampleRateHz: z.number().positive(),
      }),
    )
    .min(1),
});

interface EvaluateArguments {
  speedError: number;
  speedTolerance: number;
  json?: boolean;
  html?: string;
}

export function addEvaluateDiagnosis(evaluate: Command, shell: Shell): void {
  evaluate
    .command('diagnosis')
    .description('of recordings whose fault is known, by fault and speed, each share with its 95 % interval')
    .argument('<folders...>', 'each with a manifest.json: unit, factors or bearing, and file, fault, rpm, sampleRateHz')
    .option('--speed-error <percent>', 'how wrong a speed the diagnosis is given', Number, 0)
    .option('--speed-tolerance <percent>', 'how far it takes the speed to be off', positive, 2)
    .option('--json', 'one object a folder on stdout')
    .option('--html <file>', 'also one page with tables and a reliability diagram')
    .addHelpText(
      'after',
      '\nExample:\n  millwright evaluate diagnosis recordings/drive-end --speed-error 2 --html diagnosis.html',
    )
    .action(async (folders: string[], o: EvaluateArguments) => {
      const { evaluateDiagnosis } = await import('#models/health/diagnosis/evaluateDiagnosis.ts');
      const { diagnosisHtml, diagnosisLines } = await import('./diagnosisReport.ts');
      const evaluated: FolderEvaluation[] = [];
      for (const folder of folders) {
        const evaluation = evaluateDiagnosis(await judgedOf(shell, folder, o));
        evaluated.push({ folder: basename(folder), evaluation });
        if (o.json) shell.write(JSON.stringify({ folder, ...evaluation }));
        else for (const line of diagnosisLines(folder, evaluation)) shell.write(line);
      }
      if (o.html) writeFile(shell, o.html, diagnosisHtml(evaluated));
    });
}

async function judgedOf(shell: Shell, folder: string, o: EvaluateArguments): Promise<JudgedRecording[]> {
  const { analyzeRecording } = await import('#models/health/diagnosis/analyzeRecording.ts');
  const { readSamples } = await import('../analyze/readSamples.ts');
  const { unit, recordings, factors, factorsTolerance } = manifestOf(shell, folder);
  return recordings.map(({ file, fault, rpm, sampleRateHz }) => {
    const { samples } = readSamples(join(folder, file), { channel: '0' });
    const analysis = analyzeRecording(samples, {
      sampleRateHz,
      unit,
      rpm: rpm * (1 + o.speedError / 100),
      speedTolerance: o.speedTolerance / 100,
      factors,
      factorsTolerance,
      iso: { group: 2, foundation: 'rigid' },
    });
    return { truth: fault, rpm, analysis };
  });
}

function manifestOf(shell: Shell, folder: string) {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) throw shell.usage(`${file}: no such file`);
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(shell.bytes(file)).toString('utf8'));
  } catch (error) {
    throw shell.usage(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success) throw shell.usage(`${file}: ${z.prettifyError(parsed.error)}`);
  const { factors, bearing } = parsed.data;
  const orders = factors ? { factors, factorsTolerance: 0 } : bearingOf(bearing);
  return { ...parsed.data, ...orders };
}

function bearingOf(designation: string | undefined): Pick<RecordingContext, 'factors' | 'factorsTolerance'> {
  const words = designation === undefined ? [] : [designation, ...designation.split(/[\s-]+/)];
  const all = words.flatMap((word) => findBearing(word) ?? []);
  const found = all.find((f) => f.tolerance === 0) ?? all[0];
  return found ? { factors: found.factors, factorsTolerance: found.tolerance } : {};
}
