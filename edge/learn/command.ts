import { existsSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { separator, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { AgeKnowledge } from '#models/health/life/predictLife.ts';
import { LEARNING_METHODS, ROW_METHODS, type RowMethodName } from '#models/health/process/methodNames.ts';
import type { TrainAnomalyOptions } from '../detect/trainAnomaly.ts';
import { addEvaluateDiagnosis } from './diagnosisCommand.ts';
import { addEvaluateFailure, addPredictFailure, addTrainFailure } from './failureCommand.ts';
import { makeDirectory, orUsage, writeFile } from './orUsage.ts';

/** `millwright train`, `predict` and `evaluate`. Rooms are loaded when they are needed. */
export function addLearnCommands(program: Command, shell: Shell): void {
  const train = program.command('train').description('trains a model');
  addTrainAnomaly(train, shell);
  addTrainLife(train, shell);
  addTrainFailure(train, shell);
  const predict = program.command('predict').description('applies a model to new data');
  addPredictLife(predict, shell);
  addPredictFailure(predict, shell);
  const evaluate = program
    .command('evaluate')
    .description('says how good a model, or a detector, is on data that it has not seen');
  addEvaluateLife(evaluate, shell);
  addEvaluateAnomaly(evaluate, shell);
  addEvaluateFailure(evaluate, shell);
  addEvaluateDiagnosis(evaluate, shell);
}

type TrainAnomalyArguments = TrainAnomalyOptions & { out: string };

function addTrainAnomaly(train: Command, shell: Shell): void {
  train
    .command('anomaly')
    .description('of process values, from rows that were normal: when they are, together, unlike those')
    .argument('<file>', 'separated values, a row a moment, a column a point')
    .requiredOption('--out <dir>', 'where the model goes')
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--time-column <column>', 'the column that is a time: its name, or its number from 1')
    .option(
      '--ignore <columns>',
      'columns that are no points: names or numbers, with commas',
      (list) => list.split(','),
      [],
    )
    .addOption(new Option('--method <method>', 'by default principal_components').choices(LEARNING_METHODS))
    .option('--seed <n>', 'the same seed gives the same model', wholeNumber, 1)
    .option(
      '--network <file>',
      'a network that was learned elsewhere, in place of a method: .onnx, or model.json of TensorFlow.js',
    )
    .addOption(
      new Option('--answer <what>', 'of the network: its rows again, or one number above 0 that grows with strangeness')
        .choices(['reconstruction', 'score'])
        .default('reconstruction'),
    )
    .option('--lags <n>', 'rows that the network looks at', wholeNumber, 1)
    .addHelpText('after', '\nExample:\n  millwright train anomaly normal.csv --time-column time --out model')
    .action(async (file: string, o: TrainAnomalyArguments) => {
      const { trainAnomaly } = await import('../detect/trainAnomaly.ts');
      const content = shell.bytes(file);
      if (o.network !== undefined && o.method !== undefined)
        throw shell.usage('--method: a network brings its own; leave out one of the two');
      if (o.network === undefined && o.lags !== 1) throw shell.usage('--lags: of a network alone');
      makeDirectory(shell, o.out);
      await shell.onTable(async () => {
        const model = await trainAnomaly({ name: basename(file), bytes: content }, o, shell.version, shell.say);
        writeFileSync(join(o.out, 'model.json'), JSON.stringify(model));
        shell.say(`${join(o.out, 'model.json')}: ${JSON.stringify(model.card, null, 2)}`);
      });
    });
}

function addTrainLife(train: Command, shell: Shell): void {
  train
    .command('rul')
    .description('of remaining useful life, from units that were run to failure')
    .argument('<file>', 'a row a unit and cycle')
    .requiredOption('--out <dir>', 'where the model goes')
    .option('--seed <n>', 'the same seed gives the same model', wholeNumber, 1)
    .option('--format <format>', 'cmapss (no header: unit, cycle, values) | csv (with a header)', 'cmapss')
    .option('--unit <column>', "csv: the unit's column", 'unit')
    .option('--time <column>', "csv: the time's column", 'time')
    .option('--ignore <columns>', 'csv: columns that are no values, with commas', (list) => list.split(','), [])
    .addHelpText('after', '\nExample:\n  millwright train rul train_FD001.txt --out model')
    .action(async (file: string, o: TableOptions & { out: string; seed: number }) => {
      const { trainLife } = await import('#models/health/life/trainLife.ts');
      const { cardOf, packLife } = await import('#models/health/life/lifePackage.ts');
      makeDirectory(shell, o.out);
      const { units, names } = await unitsOf(shell, file, o);
      const model = orUsage(shell, file, () => trainLife(units, o.seed, shell.say, names));
      const card = cardOf(model, basename(file), units.length, o.seed, shell.version);
      writeFileSync(join(o.out, 'model.json'), packLife(model, card));
      shell.say(`${join(o.out, 'model.json')}: ${JSON.stringify(card, null, 2)}`);
    });
}

function addPredictLife(predict: Command, shell: Shell): void {
  predict
    .command('rul')
    .description("for the remaining useful life at each unit's last row")
    .argument('<file>', 'a row a unit and cycle')
    .requiredOption('--model <dir>', 'where the model is, or the name of a shipped one: turbofan')
    .option('--format <format>', 'cmapss (no header: unit, cycle, values) | csv (with a header)', 'cmapss')
    .option('--unit <column>', "csv: the unit's column", 'unit')
    .option('--time <column>', "csv: the time's column", 'time')
    .option('--ignore <columns>', 'csv: columns that are no values, with commas', (list) => list.split(','), [])
    .addOption(
      new Option('--age <knowledge>', "of a unit's age since new; auto: where its first time is as in the training")
        .choices(['auto', 'known', 'unknown'])
        .default('auto'),
    )
    .option('--jsonl', 'a line of JSON for each unit on stdout')
    .addHelpText('after', '\nExample:\n  millwright predict rul test_FD001.txt --model model --jsonl')
    .action(async (file: string, o: TableOptions & { model: string; age: AgeKnowledge; jsonl?: boolean }) => {
      const { predictLife } = await import('#models/health/life/predictLife.ts');
      const { matchColumns } = await import('#models/health/inputContract.ts');
      const { unpackLife } = await import('#models/health/life/lifePackage.ts');
      const model = orUsage(shell, o.model, () =>
        unpackLife(Buffer.from(shell.bytes(modelFile(shell, o.model))).toString('utf8')),
      );
      const { units, names } = await unitsOf(shell, file, o);
      const columns = orUsage(shell, file, () =>
        matchColumns({ names: model.names, width: model.scaling.width }, { names, width: units[0].rows[0].length }),
      );
      for (const unit of units) {
        const rows = unit.rows.map((row) => columns.map((c) => row[c]));
        const said = predictLife({ ...unit, rows }, model, o.age);
        const plain =
          'rul' in said
            ? `${said.rul.toFixed(0)} (${said.interval.low.toFixed(0)} to ${said.interval.high.toFixed(0)})`
            : said.reason;
        shell.write(o.jsonl ? JSON.stringify({ ...said, model: basename(o.model) }) : `${said.unit}: ${plain}`);
      }
    });
}

function addEvaluateLife(evaluate: Command, shell: Shell): void {
  evaluate
    .command('rul')
    .description('of remaining useful life: five folds by unit, each metric with its uncertainty over units')
    .argument('<file>', 'a row a unit and cycle; every unit to its end')
    .option('--seed <n>', 'the same seed gives the same numbers', wholeNumber, 1)
    .option('--format <format>', 'cmapss (no header: unit, cycle, values) | csv (with a header)', 'cmapss')
    .option('--unit <column>', "csv: the unit's column", 'unit')
    .option('--time <column>', "csv: the time's column", 'time')
    .option('--ignore <columns>', 'csv: columns that are no values, with commas', (list) => list.split(','), [])
    .option('--json', 'one object on stdout')
    .option('--html <file>', 'also one page with plots')
    .addHelpText('after', '\nExample:\n  millwright evaluate rul train_FD001.txt --html life.html')
    .action(async (file: string, o: TableOptions & { seed: number; json?: boolean; html?: string }) => {
      const { outOfFold } = await import('#models/health/life/trainLife.ts');
      const { evaluateLife } = await import('#models/health/life/evaluateLife.ts');
      const { evaluationHtml, evaluationLines } = await import('./lifeReport.ts');
      const { units } = await unitsOf(shell, file, o);
      const judged = orUsage(shell, file, () => outOfFold(units, o.seed, shell.say));
      const evaluation = evaluateLife(judged.withAge, o.seed);
      const others = {
        withoutAge: evaluateLife(judged.withoutAge, o.seed),
        trees: evaluateLife(judged.trees, o.seed),
      };
      const lines = evaluationLines(evaluation, others);
      if (o.html) writeFile(shell, o.html, evaluationHtml(basename(file), lines, evaluation, judged.withAge));
      if (o.json) shell.write(JSON.stringify({ ...evaluation, ...others }));
      else for (const line of lines) shell.write(line);
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
}

function addEvaluateAnomaly(evaluate: Command, shell: Shell): void {
  evaluate
    .command('anomaly')
    .description('of rows unlike the training, as detect finds them, against a column of labels; all files together')
    .argument('<files...>', 'tables as for detect')
    .requiredOption('--train-rows <n>', 'rows at the beginning of each file that train', wholeNumber)
    .requiredOption('--label <column>', 'the column that is 1 where a row is anomalous')
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--time-column <column>', 'the column that is a time: its name, or its number from 1')
    .option('--ignore <columns>', 'columns that are no channels', (list) => list.split(','), [])
    .addOption(new Option('--method <method>').choices(['auto', ...ROW_METHODS]).default('auto'))
    .option('--json', 'one object on stdout')
    .option('--html <file>', 'also one page with plots')
    .addHelpText(
      'after',
      '\nExample:\n  millwright evaluate anomaly pump-*.csv --train-rows 400 --label anomaly --time-column datetime',
    )
    .action(async (files: string[], o: EvaluateAnomalyArguments) => {
      const { evaluateAnomaly, metricsLine } = await import('../detect/evaluateAnomaly.ts');
      const { anomalyHtml } = await import('./anomalyReport.ts');
      const content = files.map((name) => ({ name, bytes: shell.bytes(name) }));
      await shell.onTable(() => {
        const { all, byFile, judged } = evaluateAnomaly(content, o, shell.say);
        const lines = [...byFile, { file: 'all', ...all }].map(({ file, ...metrics }) => metricsLine(file, metrics));
        if (o.html) writeFile(shell, o.html, anomalyHtml(lines, judged));
        if (o.json) shell.write(JSON.stringify({ all, files: byFile }));
        else for (const line of lines) shell.write(line);
      });
    });
}

interface TableOptions {
  format: string;
  unit: string;
  time: string;
  ignore: string[];
}

async function unitsOf(shell: Shell, file: string, { format, unit, time, ignore }: TableOptions) {
  if (format !== 'cmapss' && format !== 'csv') throw shell.usage(`--format: found ${format}; allowed: cmapss | csv`);
  const { parse } = await import('csv-parse/sync');
  const { HistoryError, readUnits, valueNames } = await import('#models/health/life/readUnits.ts');
  const content = Buffer.from(shell.bytes(file)).toString('utf8');
  if (format === 'cmapss' && /[a-z_;,]/i.test(content.split('\n', 1)[0]))
    throw shell.usage(`${file}: line 1 is a header or has separators; a table with a header needs --format csv`);
  const table =
    format === 'csv'
      ? (parse(content, { bom: true, relax_column_count: true, skip_empty_lines: true }) as string[][])
      : content.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
  try {
    const shape = format === 'csv' ? { unit, time, ignore } : {};
    return { units: readUnits(table, shape), names: valueNames(table, shape) };
  } catch (error) {
    if (error instanceof HistoryError) throw shell.usage(`${file}: ${error.message}`);
    throw error;
  }
}

/** A model that was trained here, or one that is shipped. */
function modelFile(shell: Shell, model: string): string {
  const own = join(model, 'model.json');
  const shipped = resolve(shell.commandFile, '../../models/trained', model, 'model.json');
  return !existsSync(own) && /^[a-z0-9-]+$/.test(model) && existsSync(shipped) ? shipped : own;
}
