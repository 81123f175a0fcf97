import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { positive, separator, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { LEARNING_METHODS, ROW_METHODS, type RowMethodName } from '#models/health/process/methodNames.ts';
import type { TrainAnomalyOptions } from '../detect/trainAnomaly.ts';
import { addEvaluateDetectors } from './detectorsCommand.ts';
import { addEvaluateDiagnosis } from './diagnosisCommand.ts';
import { addEvaluateFailure, addPredictFailure, addTrainFailure } from './failureCommand.ts';
import { addFleetCommands } from './fleetCommand.ts';
import { addEvaluateLife, addPredictLife, addTrainLife } from './lifeCommand.ts';
import { makeDirectory, writeFile } from './withUsageError.ts';

const ANOMALY_JOIN_HELP =
  'with --time-column, files of different columns are joined by time: oldest value that a row takes, in seconds (times that are no dates: in their unit); by default two steps of its file';

/** `millwright train`, `predict`, `evaluate` and `fleet`. Modules are loaded on demand. */
export function addLearnCommands(program: Command, shell: Shell): void {
  const train = program.command('train').description('trains a model');
  addTrainAnomaly(train, shell);
  addTrainLife(train, shell);
  addTrainFailure(train, shell);
  const predict = program.command('predict').description('applies a model to new data');
  addPredictLife(predict, shell);
  addPredictFailure(predict, shell);
  const evaluate = program.command('evaluate').description('evaluates a model, or a detector, on unseen data');
  addEvaluateLife(evaluate, shell);
  addEvaluateAnomaly(evaluate, shell);
  addEvaluateFailure(evaluate, shell);
  addEvaluateDiagnosis(evaluate, shell);
  addEvaluateDetectors(evaluate, shell);
  addFleetCommands(program, shell);
}

type TrainAnomalyArguments = TrainAnomalyOptions & { out: string; joinWithin?: number };

function addTrainAnomaly(train: Command, shell: Shell): void {
  train
    .command('anomaly')
    .description('trains a model of process values on normal rows, which detects rows unlike them')
    .argument(
      '<files...>',
      'separated values, Parquet or .xlsx, one row per time, one column per point; several files, or those of a folder, are one table in their order',
    )
    .requiredOption('--out <dir>', 'output directory')
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--time-column <column>', 'time column: name, or number from 1')
    .option('--join-within <n>', ANOMALY_JOIN_HELP, positive)
    .option(
      '--ignore <columns>',
      'columns to ignore: names or numbers, separated by commas',
      (list) => list.split(','),
      [],
    )
    .addOption(new Option('--method <method>', 'by default principal_components').choices(LEARNING_METHODS))
    .option('--seed <n>', 'the same seed gives the same model', wholeNumber, 1)
    .option(
      '--network <file>',
      'a network trained elsewhere, instead of a method: .onnx, or model.json of TensorFlow.js',
    )
    .addOption(
      new Option('--answer <what>', 'output of the network: the reconstructed rows, or an anomaly score above 0')
        .choices(['reconstruction', 'score'])
        .default('reconstruction'),
    )
    .option('--lags <n>', 'input rows of the network', wholeNumber, 1)
    .addHelpText('after', '\nExample:\n  millwright train anomaly normal.csv --time-column time --out model')
    .action(async (paths: string[], o: TrainAnomalyArguments) => {
      const { trainAnomaly } = await import('../detect/trainAnomaly.ts');
      const { readJoinedFiles } = await import('../detect/tableFiles.ts');
      if (o.network !== undefined && o.method !== undefined)
        throw shell.usage('--method: not allowed with --network; use one of the two');
      if (o.network === undefined && o.lags !== 1) throw shell.usage('--lags: only with --network');
      makeDirectory(shell, o.out);
      await shell.onTable(async () => {
        const files = await readJoinedFiles(paths, o, shell.info);
        const model = await trainAnomaly(files, o, shell.version, shell.info);
        writeFileSync(join(o.out, 'model.json'), JSON.stringify(model));
        shell.info(`${join(o.out, 'model.json')}: ${JSON.stringify(model.card, null, 2)}`);
      });
    });
}

interface EvaluateAnomalyArguments {
  trainRows: number;
  label: string;
  separator?: string;
  timeColumn?: string;
  ignore: string[];
  method: RowMethodName | 'auto';
  json?: boolean;
  html?: string;
  joinWithin?: number;
}

function addEvaluateAnomaly(evaluate: Command, shell: Shell): void {
  evaluate
    .command('anomaly')
    .description('evaluates the anomalies found by detect against a label column, over all files together')
    .argument('<files...>', 'tables as for detect')
    .requiredOption('--train-rows <n>', 'training rows at the beginning of each file', wholeNumber)
    .requiredOption('--label <column>', 'column that is 1 for anomalous rows')
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--time-column <column>', 'time column: name, or number from 1')
    .option('--join-within <n>', `${ANOMALY_JOIN_HELP}; only where one of them alone has the labels`, positive)
    .option('--ignore <columns>', 'columns to ignore', (list) => list.split(','), [])
    .addOption(new Option('--method <method>').choices(['auto', ...ROW_METHODS]).default('auto'))
    .option('--json', 'one object on stdout')
    .option('--html <file>', 'also writes a page with plots')
    .addHelpText(
      'after',
      '\nExample:\n  millwright evaluate anomaly pump-*.csv --train-rows 400 --label anomaly --time-column datetime',
    )
    .action(async (paths: string[], o: EvaluateAnomalyArguments) => {
      const { evaluateAnomaly, metricsLine } = await import('../detect/evaluateAnomaly.ts');
      const { readLabelledFiles } = await import('../detect/tableFiles.ts');
      const { anomalyHtml } = await import('./anomalyReport.ts');
      await shell.onTable(async () => {
        const { all, byFile, judged } = evaluateAnomaly(await readLabelledFiles(paths, o, shell.info), o, shell.info);
        const lines = [...byFile, { file: 'all', ...all }].map(({ file, ...metrics }) => metricsLine(file, metrics));
        if (o.html) writeFile(shell, o.html, anomalyHtml(lines, judged));
        if (o.json) shell.write(JSON.stringify({ all, files: byFile }));
        else for (const line of lines) shell.write(line);
      });
    });
}
