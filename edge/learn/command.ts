import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { positive, separator, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { AgeKnowledge } from '#models/health/life/predictLife.ts';
import {
  LEARNING_METHODS,
  type LearningMethod,
  ROW_METHODS,
  type RowMethodName,
} from '#models/health/process/methodNames.ts';

/** `millwright train`, `predict` and `evaluate`. Rooms are loaded when they are needed. */
export function addLearnCommands(program: Command, shell: Shell): void {
  const train = program.command('train').description('learns a model');
  addTrainAnomaly(train, shell);
  addTrainLife(train, shell);
  addTrainFailure(train, shell);
  const predict = program.command('predict').description('asks a model');
  addPredictLife(predict, shell);
  addPredictFailure(predict, shell);
  const evaluate = program
    .command('evaluate')
    .description('says how good a model, or a detector, is on data that it has not seen');
  addEvaluateLife(evaluate, shell);
  addEvaluateAnomaly(evaluate, shell);
  addEvaluateFailure(evaluate, shell);
}

interface TrainAnomalyArguments {
  out: string;
  separator?: string;
  timeColumn?: string;
  ignore: string[];
  method: LearningMethod;
  seed: number;
  network?: string;
  answer: 'reconstruction' | 'score';
  lags: number;
}

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
    .addOption(new Option('--method <method>').choices(LEARNING_METHODS).default('principal_components'))
    .option('--seed <n>', 'the same seed gives the same model', wholeNumber, 1)
    .option(
      '--network <file>',
      'a network that was learned elsewhere, in place of a method: .onnx, or model.json of TensorFlow.js',
    )
    .addOption(
      new Option('--answer <what>', 'of the network: its rows again, or one number that grows with strangeness')
        .choices(['reconstruction', 'score'])
        .default('reconstruction'),
    )
    .option('--lags <n>', 'rows that the network looks at', wholeNumber, 1)
    .addHelpText('after', '\nExample:\n  millwright train anomaly normal.csv --time-column time --out model')
    .action(async (file: string, o: TrainAnomalyArguments) => {
      const { trainAnomaly } = await import('../detect/trainAnomaly.ts');
      const content = shell.bytes(file);
      await shell.onTable(async () => {
        const model = await trainAnomaly({ name: basename(file), bytes: content }, o, shell.version, shell.say);
        mkdirSync(o.out, { recursive: true });
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
    .addHelpText('after', '\nExample:\n  millwright train rul train_FD001.txt --out model')
    .action(async (file: string, o: TableOptions & { out: string; seed: number }) => {
      const { trainLife } = await import('#models/health/life/trainLife.ts');
      const { cardOf, packLife } = await import('#models/health/life/lifePackage.ts');
      const units = await unitsOf(shell, file, o);
      const model = orUsage(shell, file, () => trainLife(units, o.seed, shell.say));
      const card = cardOf(model, basename(file), units.length, o.seed, shell.version);
      mkdirSync(o.out, { recursive: true });
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
    .addOption(
      new Option('--age <knowledge>', "of a unit's age since new; auto: where its first time is as in the training")
        .choices(['auto', 'known', 'unknown'])
        .default('auto'),
    )
    .option('--jsonl', 'a line of JSON for each unit on stdout')
    .addHelpText('after', '\nExample:\n  millwright predict rul test_FD001.txt --model model --jsonl')
    .action(async (file: string, o: TableOptions & { model: string; age: AgeKnowledge; jsonl?: boolean }) => {
      const { predictLife } = await import('#models/health/life/predictLife.ts');
      const { unpackLife } = await import('#models/health/life/lifePackage.ts');
      const model = unpackLife(Buffer.from(shell.bytes(modelFile(shell, o.model))).toString('utf8'));
      const units = await unitsOf(shell, file, o);
      const { width } = model.scaling;
      const odd = units.find((unit) => unit.rows[0].length !== width);
      if (odd) throw shell.usage(`${file}: ${odd.rows[0].length} sensors; the model was trained on ${width}`);
      for (const unit of units) {
        const said = predictLife(unit, model, o.age);
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
    .option('--json', 'one object on stdout')
    .option('--html <file>', 'also one page with plots')
    .addHelpText('after', '\nExample:\n  millwright evaluate rul train_FD001.txt --html life.html')
    .action(async (file: string, o: TableOptions & { seed: number; json?: boolean; html?: string }) => {
      const { outOfFold } = await import('#models/health/life/trainLife.ts');
      const { evaluateLife } = await import('#models/health/life/evaluateLife.ts');
      const { evaluationHtml, evaluationLines } = await import('./lifeReport.ts');
      const units = await unitsOf(shell, file, o);
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

interface RecordArguments {
  failures: string;
  events?: string;
  maintenance?: string;
  unit: string;
  time: string;
  separator?: string;
}

interface TrainFailureArguments extends RecordArguments {
  horizon: number;
  falseCost: number;
  missedCost: number;
  seed: number;
}

/** The tables of a fleet's life, in the user's own columns. */
function withRecords(command: Command): Command {
  return command
    .argument('<file>', 'telemetry: a row a unit and time, further columns are channels (there may be none)')
    .requiredOption('--failures <file>', 'a row a failure: unit, time and, if known, what failed')
    .option('--events <file>', 'errors and the like: unit, time, kind')
    .option('--maintenance <file>', 'what was repaired or replaced: unit, time, kind')
    .option('--unit <column>', "the unit's column, in every table", 'unit')
    .option(
      '--time <column>',
      "the time's column, in every table: numbers, or dates (then the horizon is in hours)",
      'time',
    )
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator);
}

function withCosts(command: Command): Command {
  return command
    .requiredOption('--horizon <time>', 'fails within so much: hours where times are dates', positive)
    .option('--false-cost <cost>', 'of an alarm for nothing', positive, 1)
    .option('--missed-cost <cost>', 'of a failure that nobody expected, in the same money', positive, 10)
    .option('--seed <n>', 'the same seed gives the same numbers', wholeNumber, 1);
}

async function recordsOf(shell: Shell, file: string, o: RecordArguments) {
  const { readEvents, readTelemetry } = await import('#models/health/failure/failureRecords.ts');
  const { readNamed } = await import('#models/tables/parseTable.ts');
  const table = (name: string) => ({ name, bytes: shell.bytes(name) });
  const telemetry = readNamed(table(file), o.separator, shell.say, (t) => readTelemetry(t, o));
  const events = (name: string | undefined) =>
    name === undefined
      ? new Map()
      : readNamed(table(name), o.separator, shell.say, (t) => readEvents(t, o, telemetry.dated));
  return {
    ...telemetry,
    failures: events(o.failures),
    events: events(o.events),
    maintenance: events(o.maintenance),
  };
}

function addTrainFailure(train: Command, shell: Shell): void {
  withCosts(withRecords(train.command('failure')))
    .description('of the chance that a unit fails within a horizon, from telemetry, events and maintenance')
    .requiredOption('--out <dir>', 'where the model goes')
    .addHelpText(
      'after',
      '\nExample:\n  millwright train failure telemetry.csv --failures failures.csv --maintenance maint.csv --horizon 24 --unit machineID --time datetime --out model',
    )
    .action(async (file: string, o: TrainFailureArguments & { out: string }) => {
      const { trainFailure } = await import('#models/health/failure/trainFailure.ts');
      const { evaluateFailure } = await import('#models/health/failure/evaluateFailure.ts');
      const { failureCard } = await import('./failureReport.ts');
      await shell.onTable(async () => {
        const records = await recordsOf(shell, file, o);
        const costs = { falseAlarm: o.falseCost, missed: o.missedCost };
        const { model, judged, importance } = orUsage(shell, file, () =>
          trainFailure(records, o.horizon, costs, shell.say),
        );
        const evaluation = evaluateFailure(judged, costs, o.seed);
        const card = failureCard(basename(file), model, evaluation, importance, costs, shell.version);
        mkdirSync(o.out, { recursive: true });
        writeFileSync(join(o.out, 'model.json'), JSON.stringify({ ...model, card }));
        shell.say(`${join(o.out, 'model.json')}: ${JSON.stringify(card, null, 2)}`);
      });
    });
}

function addPredictFailure(predict: Command, shell: Shell): void {
  withRecords(predict.command('failure'))
    .description("for the chance that each unit fails within the model's horizon, at its last row")
    .requiredOption('--model <dir>', 'where the model is')
    .option('--jsonl', 'a line of JSON for each unit on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  millwright predict failure telemetry.csv --failures failures.csv --maintenance maint.csv --unit machineID --time datetime --model model --jsonl',
    )
    .action(async (file: string, o: RecordArguments & { model: string; jsonl?: boolean }) => {
      const { predictFailure, unpackFailure } = await import('#models/health/failure/predictFailure.ts');
      await shell.onTable(async () => {
        const model = unpackFailure(Buffer.from(shell.bytes(join(o.model, 'model.json'))).toString('utf8'));
        const records = await recordsOf(shell, file, o);
        for (const said of orUsage(shell, file, () => predictFailure(records, model))) {
          const plain = `${said.unit}: ${(100 * said.probability).toFixed(1)} %${said.alarm ? ', alarm' : ''}${said.because.length > 0 ? ` by ${said.because.join(', ')}` : ''}`;
          shell.write(o.jsonl ? JSON.stringify({ ...said, model: basename(o.model) }) : plain);
        }
      });
    });
}

function addEvaluateFailure(evaluate: Command, shell: Shell): void {
  withCosts(withRecords(evaluate.command('failure')))
    .description('of failure within a horizon: five folds by unit, each metric with its uncertainty over units')
    .option('--json', 'one object on stdout')
    .option('--html <file>', 'also one page with a reliability diagram')
    .addHelpText(
      'after',
      '\nExample:\n  millwright evaluate failure telemetry.csv --failures failures.csv --horizon 24 --unit machineID --time datetime --html failure.html',
    )
    .action(async (file: string, o: TrainFailureArguments & { json?: boolean; html?: string }) => {
      const { failureOutOfFold } = await import('#models/health/failure/trainFailure.ts');
      const { evaluateFailure } = await import('#models/health/failure/evaluateFailure.ts');
      const { failureHtml, failureLines } = await import('./failureReport.ts');
      await shell.onTable(async () => {
        const records = await recordsOf(shell, file, o);
        const judged = orUsage(shell, file, () => failureOutOfFold(records, o.horizon, shell.say));
        const evaluation = evaluateFailure(judged, { falseAlarm: o.falseCost, missed: o.missedCost }, o.seed);
        const lines = failureLines(evaluation);
        if (o.html) writeFile(shell, o.html, failureHtml(basename(file), lines, evaluation));
        if (o.json) shell.write(JSON.stringify(evaluation));
        else for (const line of lines) shell.write(line);
      });
    });
}

interface TableOptions {
  format: string;
  unit: string;
  time: string;
}

async function unitsOf(shell: Shell, file: string, { format, unit, time }: TableOptions) {
  if (format !== 'cmapss' && format !== 'csv') throw shell.usage(`--format: found ${format}; allowed: cmapss | csv`);
  const { parse } = await import('csv-parse/sync');
  const { HistoryError, readUnits } = await import('#models/health/life/readUnits.ts');
  const content = Buffer.from(shell.bytes(file)).toString('utf8');
  if (format === 'cmapss' && /[a-z_;,]/i.test(content.split('\n', 1)[0]))
    throw shell.usage(`${file}: line 1 is a header or has separators; a table with a header needs --format csv`);
  const table =
    format === 'csv'
      ? (parse(content, { bom: true, relax_column_count: true, skip_empty_lines: true }) as string[][])
      : content.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
  try {
    return readUnits(table, format === 'csv' ? { unit, time } : {});
  } catch (error) {
    if (error instanceof HistoryError) throw shell.usage(`${file}: ${error.message}`);
    throw error;
  }
}

/** @throws the shell's usage error where the table is too small, or leaks. */
function orUsage<T>(shell: Shell, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && error.name === 'LeakError'))
      throw shell.usage(`${file}: ${error.message}`);
    throw error;
  }
}

/** A model that was trained here, or one that is shipped. */
function modelFile(shell: Shell, model: string): string {
  const own = join(model, 'model.json');
  const shipped = resolve(shell.commandFile, '../../models/trained', model, 'model.json');
  return !existsSync(own) && /^[a-z0-9-]+$/.test(model) && existsSync(shipped) ? shipped : own;
}

function writeFile(shell: Shell, file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw shell.failure(error instanceof Error ? error.message : String(error));
  }
}
