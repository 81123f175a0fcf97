import { type Command, Option } from 'commander';
import { positive, separator, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { ROW_METHODS } from '#models/health/process/methodNames.ts';
import type { DetectOptions } from './detectFile.ts';

/** `millwright detect`. */
export function addDetectCommand(program: Command, shell: Shell): void {
  program
    .command('detect')
    .description('finds the rows of a table of process values that differ from its first rows')
    .argument(
      '<files...>',
      'separated values, Parquet or .xlsx (.gz is unpacked), one row per time, one column per channel; several files, or those of a folder, are one table in their order',
    )
    .requiredOption('--train-rows <n>', 'number of normal rows at the beginning', wholeNumber)
    .option('--separator <s>', "by default the header's most frequent of , ; tab |", separator)
    .option('--time-column <column>', 'time column: name, or number from 1')
    .option(
      '--join-within <n>',
      'with --time-column, files of different columns are joined by time: oldest value that a row takes, in seconds (times that are no dates: in their unit); by default two steps of its file',
      positive,
    )
    .option(
      '--ignore <columns>',
      'columns to ignore: names or numbers, separated by commas',
      (list) => list.split(','),
      [],
    )
    .addOption(
      new Option('--method <method>', 'auto: canonical variates for long steady training of many channels')
        .choices(['auto', ...ROW_METHODS])
        .default('auto'),
    )
    .option('--jsonl', 'one line of JSON for each row after training; rows are numbered from 0')
    .addHelpText(
      'after',
      '\nExamples:\n  millwright detect pump.csv --train-rows 400 --separator ";" --time-column datetime --ignore label --jsonl\n  millwright detect exports/ --train-rows 20160 --time-column time',
    )
    .action(async (paths: string[], options: DetectOptions & { joinWithin?: number }) => {
      const { detectFiles } = await import('./detectFile.ts');
      const { readJoinedFiles } = await import('./tableFiles.ts');
      await shell.onTable(async () => {
        detectFiles(await readJoinedFiles(paths, options, shell.info), options, shell.write, shell.info);
      });
    });
}
