import { existsSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { positive, separator, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { AgeKnowledge, LifePrediction } from '#models/health/life/predictLife.ts';
import type { UnitTable } from '#models/health/life/readUnits.ts';
import type { LifeTime } from '#models/health/life/timeGrid.ts';
import type { AgeModel } from '#models/health/life/trainAgeModel.ts';
import type { LifeModel } from '#models/health/life/trainLife.ts';
import { JOIN_WITHIN_HELP, readTogether } from './readTogether.ts';
import { ALLOW_LEAK_HELP, makeDirectory, withUsageError, writeFile } from './withUsageError.ts';

interface TableOptions {
  format: string;
  unit: string;
  time: string;
  timeUnit?: string;
  failed?: string;
  ignore: string[];
  separator?: string;
  joinWithin?: number;
}

function withTable(command: Command): Command {
  return command
    .argument('<files...>', 'a row a unit and time; csv: also Parquet or .xlsx, several files, or those of a folder')
    .option('--format <format>', 'cmapss (no header: unit, cycle, values) | csv (with a header)', 'cmapss')
    .option('--unit <column>', "csv: the unit's column; without such a column each file is a unit, by its name", 'unit')
    .option('--time <column>', "csv: the time's column: numbers or dates", 'time')
    .option(
      '--time-unit <unit>',
      'csv: seconds, minutes, hours, days, weeks, cycles …; by default as the header of the time column states it',
    )
    .option('--failed <column>', 'csv: 1 where a unit failed, 0 where it still ran; without it all units failed')
    .option('--ignore <columns>', 'csv: columns that are no values, with commas', (list) => list.split(','), [])
    .option('--separator <s>', "csv: by default the header's most frequent of , ; tab |", separator)
    .option('--join-within <n>', `csv: ${JOIN_WITHIN_HELP}`, positive);
}

export function addTrainLife(train: Command, shell: Shell): void {
  withTable(train.command('rul'))
    .description('of remaining useful life, from units that were run to failure or are still running')
    .requiredOption('--out <dir>', 'where the model goes')
    .option('--seed <n>', 'the same seed gives the same model', wholeNumber, 1)
    .option('--allow-leak <columns>', ALLOW_LEAK_HELP, (list) => list.split(','), [])
    .addHelpText(
      'after',
      '\nExamples:\n  millwright train rul train_FD001.txt --out model\n  millwright train rul pumps.csv --format csv --unit pump --time "time [h]" --failed failed --out model',
    )
    .action(async (files: string[], o: TableOptions & { out: string; seed: number; allowLeak: string[] }) => {
      const file = files.map((path) => basename(path)).join(', ');
      const { trainLife } = await import('#models/health/life/trainLife.ts');
      const { MIN_FOR_MEASUREMENTS, trainAgeModel } = await import('#models/health/life/trainAgeModel.ts');
      const { cardOf, packAgeModel, packLife } = await import('#models/health/life/lifePackage.ts');
      makeDirectory(shell, o.out);
      const table = await tableOf(shell, files, o);
      const { time, histories } = await counted(shell, file, table);
      const failures = table.units.filter((u) => u.failed).length;
      const out = join(o.out, 'model.json');
      if (o.failed !== undefined && failures < MIN_FOR_MEASUREMENTS) {
        const model = withUsageError(shell, file, () => trainAgeModel(table.units, time));
        writeFileSync(out, packAgeModel(model, basename(file), shell.version));
        shell.info(`${out}: lives by age alone: ${model.needed}`);
        return;
      }
      const model = withUsageError(shell, file, () =>
        trainLife(histories, o.seed, shell.info, table.names, time, o.allowLeak),
      );
      const card = cardOf(model, basename(file), histories.length, o.seed, shell.version);
      writeFileSync(out, packLife(model, card));
      shell.info(`${out}: ${JSON.stringify(card, null, 2)}`);
    });
}

export function addPredictLife(predict: Command, shell: Shell): void {
  withTable(predict.command('rul'))
    .description("for the remaining useful life at each unit's last row, in the model's unit of time")
    .requiredOption('--model <dir>', 'where the model is, or the name of a shipped one: turbofan')
    .addOption(
      new Option('--age <knowledge>', "of a unit's age since new; auto: where its first time is as in the training")
        .choices(['auto', 'known', 'unknown'])
        .default('auto'),
    )
    .option('--jsonl', 'a line of JSON for each unit on stdout')
    .addHelpText('after', '\nExample:\n  millwright predict rul test_FD001.txt --model model --jsonl')
    .action(async (files: string[], o: TableOptions & { model: string; age: AgeKnowledge; jsonl?: boolean }) => {
      const file = files.map((path) => basename(path)).join(', ');
      const { unpackAnyLife } = await import('#models/health/life/lifePackage.ts');
      const model = withUsageError(shell, o.model, () =>
        unpackAnyLife(Buffer.from(shell.bytes(modelFile(shell, o.model))).toString('utf8')),
      );
      const table = await tableOf(shell, files, o);
      const predictions = await ('byAge' in model
        ? predictionsByAge(shell, file, table, model.byAge, o.age)
        : predictionsOf(shell, file, table, model.measured, o.age));
      for (const one of predictions)
        shell.write(
          o.jsonl ? JSON.stringify({ ...one, model: basename(o.model) }) : `${one.unit}: ${predictionText(one)}`,
        );
    });
}

async function predictionsOf(
  shell: Shell,
  file: string,
  { units, names, time }: UnitTable,
  model: LifeModel,
  age: AgeKnowledge,
): Promise<LifePrediction[]> {
  const { predictLife } = await import('#models/health/life/predictLife.ts');
  const { inUnitOf, onGrid, rowByRow } = await import('#models/health/life/timeGrid.ts');
  const { ContractError, matchColumns, matchedRow } = await import('#models/health/inputContract.ts');
  const { otherScale } = await import('#models/health/trainingSupport.ts');
  const clock = model.time;
  return withUsageError(shell, file, () => {
    const columns = matchColumns(
      { names: model.names, width: model.scaling.width },
      { names, width: units[0].rows[0].length },
    );
    const timed = clock ? inUnitOf(units, time, clock) : units;
    const histories = timed.map((unit) => {
      const matched = { ...unit, rows: unit.rows.map((row) => matchedRow(row, columns)) };
      return clock ? onGrid(matched, clock) : rowByRow(matched);
    });
    const rescaled =
      model.support &&
      otherScale(
        histories.map((u) => u.rows),
        model.support,
        (c) => model.names?.[c] ?? `sensor ${c + 1}`,
      );
    if (rescaled) throw new ContractError(rescaled);
    return histories.map((unit) => predictLife(unit, model, age));
  });
}

async function predictionsByAge(
  shell: Shell,
  file: string,
  { units, time }: UnitTable,
  model: AgeModel,
  age: AgeKnowledge,
): Promise<LifePrediction[]> {
  const { predictByAge } = await import('#models/health/life/predictLife.ts');
  const { inUnitOf } = await import('#models/health/life/timeGrid.ts');
  return withUsageError(shell, file, () =>
    inUnitOf(units, time, model.time).map((unit) => predictByAge(unit, model, age)),
  );
}

function predictionText(prediction: LifePrediction): string {
  if (!('rul' in prediction)) return `not assessable: ${prediction.reason}; needed: ${prediction.remedy}`;
  const { low, high } = prediction.interval;
  const digits = prediction.interval.high < 10 ? 1 : 0;
  return `${prediction.rul.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)}) ${prediction.timeUnit}`;
}

export function addEvaluateLife(evaluate: Command, shell: Shell): void {
  withTable(evaluate.command('rul'))
    .description(
      'of remaining useful life: five folds by unit that failed, each metric with its uncertainty over units',
    )
    .option('--seed <n>', 'the same seed gives the same numbers', wholeNumber, 1)
    .option('--allow-leak <columns>', ALLOW_LEAK_HELP, (list) => list.split(','), [])
    .option('--json', 'one object on stdout')
    .option('--html <file>', 'also one page with plots')
    .addHelpText('after', '\nExample:\n  millwright evaluate rul train_FD001.txt --html life.html')
    .action(
      async (
        files: string[],
        o: TableOptions & { seed: number; allowLeak: string[]; json?: boolean; html?: string },
      ) => {
        const file = files.map((path) => basename(path)).join(', ');
        const { outOfFold } = await import('#models/health/life/trainLife.ts');
        const { evaluateLife } = await import('#models/health/life/evaluateLife.ts');
        const { evaluationHtml, evaluationLines } = await import('./lifeReport.ts');
        const table = await tableOf(shell, files, o);
        const { time, histories } = await counted(shell, file, table);
        const judged = withUsageError(shell, file, () =>
          outOfFold(histories, o.seed, shell.info, table.names, o.allowLeak),
        );
        const evaluation = evaluateLife(judged.withAge, o.seed, time);
        const others = {
          withoutAge: evaluateLife(judged.withoutAge, o.seed, time),
          trees: evaluateLife(judged.trees, o.seed, time),
        };
        const lines = evaluationLines(evaluation, others);
        if (o.html) writeFile(shell, o.html, evaluationHtml(basename(file), lines, evaluation, judged.withAge));
        if (o.json) shell.write(JSON.stringify({ ...evaluation, ...others }));
        else for (const line of lines) shell.write(line);
      },
    );
}

/** A table's histories in suitable steps; the choice is reported. */
async function counted(shell: Shell, file: string, { units, time }: UnitTable) {
  const { lifeTimeOf, onGrid } = await import('#models/health/life/timeGrid.ts');
  const clock: LifeTime = lifeTimeOf(units, time);
  const running = units.filter((u) => !u.failed).length;
  shell.info(
    `time in ${clock.unit}, in steps of ${Number(clock.step.toPrecision(4))}; ${units.length} units, ${running} of them still running at their last row; ${clock.sinceNew ? 'times count since new' : 'times tell durations, not ages'}`,
  );
  if (!time.stated) shell.info(`nothing states the unit of ${time.column}: --time-unit does`);
  return { time: clock, histories: withUsageError(shell, file, () => units.map((unit) => onGrid(unit, clock))) };
}

async function tableOf(shell: Shell, files: string[], o: TableOptions): Promise<UnitTable> {
  if (o.format !== 'cmapss' && o.format !== 'csv')
    throw shell.usage(`--format: found ${o.format}; allowed: cmapss | csv`);
  const { readUnits } = await import('#models/health/life/readUnits.ts');
  if (o.format === 'cmapss') {
    const [file, ...further] = files;
    if (further.length > 0) throw shell.usage(`--format cmapss: found ${files.length} files; one is allowed`);
    return withUsageError(shell, file, () => readUnits(cmapssRows(shell, file, shell.bytes(file)), {}));
  }
  const { timeUnitOf } = await import('#models/health/life/timeUnit.ts');
  const { unit, time, ignore, failed } = o;
  const timeUnit = o.timeUnit === undefined ? undefined : (timeUnitOf(o.timeUnit) ?? o.timeUnit);
  return readTogether(shell, files, { ...o, complete: true }, ({ rows, lines, separator: between }) =>
    readUnits(rows, { unit, time, ignore, failed, timeUnit, separator: between, lines }),
  );
}

function cmapssRows(shell: Shell, file: string, bytes: Uint8Array): string[][] {
  const content = Buffer.from(bytes).toString('utf8');
  if (/[a-z_;,]/i.test(content.split('\n', 1)[0]))
    throw shell.usage(`${file}: line 1 is a header or has separators; a table with a header needs --format csv`);
  return content.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
}

/** A model trained here, or a shipped one. */
function modelFile(shell: Shell, model: string): string {
  const own = join(model, 'model.json');
  const shipped = resolve(shell.commandFile, '../../models/trained', model, 'model.json');
  return !existsSync(own) && /^[a-z0-9-]+$/.test(model) && existsSync(shipped) ? shipped : own;
}
