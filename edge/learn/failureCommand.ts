import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { positive, separator, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { JOIN_WITHIN_HELP, readTogether } from './readTogether.ts';
import { ALLOW_LEAK_HELP, makeDirectory, withUsageError, writeFile } from './withUsageError.ts';

interface RecordArguments {
  failures?: string;
  events?: string;
  maintenance?: string;
  unit: string;
  time: string;
  ignore: string[];
  separator?: string;
  joinWithin?: number;
}

interface TrainFailureArguments extends RecordArguments {
  horizon: number;
  falseCost: number;
  missedCost: number;
  seed: number;
  allowLeak: string[];
}

/** Adds the options for a fleet's life tables, in the user's own columns. */
function withRecords(command: Command): Command {
  return command
    .argument(
      '<files...>',
      'telemetry: a row a unit and time, further columns are channels (there may be none); Parquet or .xlsx too, several files, or those of a folder',
    )
    .option('--failures <file>', 'a row a failure: unit, time and, if known, what failed; needed to learn')
    .option('--events <file>', 'errors and the like: unit, time, kind')
    .option('--maintenance <file>', 'what was repaired or replaced: unit, time, kind')
    .option(
      '--unit <column>',
      "the unit's column, in every table; telemetry without it: each file is a unit, by its name",
      'unit',
    )
    .option(
      '--time <column>',
      "the time's column, in every table: numbers, or dates (then the horizon is in hours)",
      'time',
    )
    .option(
      '--ignore <columns>',
      'columns of telemetry that are no channels, with commas',
      (list) => list.split(','),
      [],
    )
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--join-within <n>', JOIN_WITHIN_HELP, positive);
}

function withCosts(command: Command): Command {
  return command
    .requiredOption('--horizon <time>', 'fails within so much: hours where times are dates', positive)
    .option('--false-cost <cost>', 'of an alarm for nothing', positive, 1)
    .option('--missed-cost <cost>', 'of a failure that nobody expected, in the same money', positive, 10)
    .option('--seed <n>', 'the same seed gives the same numbers', wholeNumber, 1)
    .option('--allow-leak <columns>', ALLOW_LEAK_HELP, (list) => list.split(','), []);
}

async function recordsOf(shell: Shell, files: string[], o: RecordArguments) {
  const { readEvents, readTelemetry } = await import('#models/health/failure/failureRecords.ts');
  const { readNamed } = await import('#models/tables/parseTable.ts');
  const table = (name: string) => ({ name, bytes: shell.bytes(name) });
  const telemetry = await readTogether(shell, files, { ...o, complete: false }, (t) => readTelemetry(t, o));
  const events = (name: string | undefined) =>
    name === undefined
      ? new Map()
      : readNamed(table(name), o.separator, shell.info, (t) => readEvents(t, o, telemetry.dated));
  const failures = events(o.failures);
  const units = new Set(telemetry.telemetry.map((u) => u.unit));
  const unseenUnits = [...failures.keys()].filter((unit) => !units.has(unit));
  if (unseenUnits.length > 0)
    shell.info(`failures of units without rows are left out: ${unseenUnits.slice(0, 20).join(', ')}`);
  return {
    ...telemetry,
    failures,
    events: events(o.events),
    maintenance: events(o.maintenance),
  };
}

function needFailures(shell: Shell, { failures }: RecordArguments): void {
  if (failures === undefined) throw shell.usage('--failures: a table of failures is needed to learn, and to judge');
}

export function addTrainFailure(train: Command, shell: Shell): void {
  withCosts(withRecords(train.command('failure')))
    .description('of the chance that a unit fails within a horizon, from telemetry, events and maintenance')
    .requiredOption('--out <dir>', 'where the model goes')
    .addHelpText(
      'after',
      '\nExample:\n  millwright train failure telemetry.csv --failures failures.csv --maintenance maint.csv --horizon 24 --unit machineID --time datetime --out model',
    )
    .action(async (files: string[], o: TrainFailureArguments & { out: string }) => {
      const file = files.map((path) => basename(path)).join(', ');
      const { trainFailure } = await import('#models/health/failure/trainFailure.ts');
      const { evaluateFailure } = await import('#models/health/failure/evaluateFailure.ts');
      const { failureCard } = await import('./failureReport.ts');
      needFailures(shell, o);
      makeDirectory(shell, o.out);
      await shell.onTable(async () => {
        const records = await recordsOf(shell, files, o);
        const costs = { falseAlarm: o.falseCost, missed: o.missedCost };
        const { model, judged, importance } = withUsageError(shell, file, () =>
          trainFailure(records, o.horizon, costs, shell.info, o.allowLeak),
        );
        const evaluation = evaluateFailure(judged, costs, o.seed);
        const card = failureCard(basename(file), model, evaluation, importance, costs, shell.version);
        writeFileSync(join(o.out, 'model.json'), JSON.stringify({ ...model, card }));
        shell.info(`${join(o.out, 'model.json')}: ${JSON.stringify(card, null, 2)}`);
      });
    });
}

export function addPredictFailure(predict: Command, shell: Shell): void {
  withRecords(predict.command('failure'))
    .description("for the chance that each unit fails within the model's horizon, at its last row")
    .requiredOption('--model <dir>', 'where the model is')
    .option('--jsonl', 'a line of JSON for each unit on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  millwright predict failure telemetry.csv --failures failures.csv --maintenance maint.csv --unit machineID --time datetime --model model --jsonl',
    )
    .action(async (files: string[], o: RecordArguments & { model: string; jsonl?: boolean }) => {
      const file = files.map((path) => basename(path)).join(', ');
      const { neededTables, predictFailure, unpackFailure } = await import('#models/health/failure/predictFailure.ts');
      await shell.onTable(async () => {
        const model = withUsageError(shell, o.model, () =>
          unpackFailure(Buffer.from(shell.bytes(join(o.model, 'model.json'))).toString('utf8')),
        );
        const missing = neededTables(model).filter((table) => o[table] === undefined);
        if (missing.length > 0)
          throw shell.usage(
            `${missing.map((table) => `--${table}`).join(', ')}: the model looks at this; where nothing happened, give a table with the header alone`,
          );
        const records = await recordsOf(shell, files, o);
        for (const prediction of withUsageError(shell, file, () => predictFailure(records, model))) {
          const plain =
            'assessment' in prediction
              ? `${prediction.unit}: ${prediction.reason}`
              : `${prediction.unit}: ${(100 * prediction.probability).toFixed(1)} %${prediction.alarm ? ', alarm' : ''}${prediction.because.length > 0 ? ` by ${prediction.because.join('; ')}` : ''}`;
          shell.write(o.jsonl ? JSON.stringify({ ...prediction, model: basename(o.model) }) : plain);
        }
      });
    });
}

export function addEvaluateFailure(evaluate: Command, shell: Shell): void {
  withCosts(withRecords(evaluate.command('failure')))
    .description('of failure within a horizon: five folds by unit, each metric with its uncertainty over units')
    .option('--json', 'one object on stdout')
    .option('--html <file>', 'also one page with a reliability diagram')
    .addHelpText(
      'after',
      '\nExample:\n  millwright evaluate failure telemetry.csv --failures failures.csv --horizon 24 --unit machineID --time datetime --html failure.html',
    )
    .action(async (files: string[], o: TrainFailureArguments & { json?: boolean; html?: string }) => {
      const file = files.map((path) => basename(path)).join(', ');
      const { failureOutOfFold } = await import('#models/health/failure/trainFailure.ts');
      const { evaluateFailure } = await import('#models/health/failure/evaluateFailure.ts');
      const { failureHtml, failureLines } = await import('./failureReport.ts');
      needFailures(shell, o);
      await shell.onTable(async () => {
        const records = await recordsOf(shell, files, o);
        const judged = withUsageError(shell, file, () => failureOutOfFold(records, o.horizon, shell.info, o.allowLeak));
        const evaluation = evaluateFailure(judged, { falseAlarm: o.falseCost, missed: o.missedCost }, o.seed);
        const lines = failureLines(evaluation);
        if (o.html) writeFile(shell, o.html, failureHtml(basename(file), lines, evaluation));
        if (o.json) shell.write(JSON.stringify(evaluation));
        else for (const line of lines) shell.write(line);
      });
    });
}
