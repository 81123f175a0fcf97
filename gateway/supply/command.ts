import { type Command, Option } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';
import type { DateOrder } from '#models/supply/dates.ts';
import { addressOf, type Reach, reaching, tokenOf } from '../reach.ts';

const TABLES = 'demand | items | stock | purchases | suppliers | bom | maintenance';
const dates = () =>
  new Option('--dates <order>', 'of dates such as 03/04/2026; told from the table where it can be').choices([
    'dmy',
    'mdy',
  ]);

/** `millwright supply`: planners' tables, read here or given to a running gateway. */
export function addSupplyCommands(program: Command, shell: Shell): void {
  const supply = program.command('supply').description('tables of planners: demand, items, stock, purchases …');
  supply
    .command('check')
    .description('reads a table and says what is repaired, or every place that cannot be used; keeps nothing')
    .argument('<table>', TABLES)
    .argument('<file>', 'separated values with a header, or a JSON list of records')
    .addOption(dates())
    .addHelpText('after', '\nExample:\n  millwright supply check demand orders-2026.csv')
    .action(async (table: string, file: string, o: { dates?: DateOrder }) => {
      const { readSupply } = await import('#models/supply/readSupply.ts');
      const { tableOf } = await import('./importSupply.ts');
      const { tableOfName } = await import('./supplyIntake.ts');
      await shell.onTable(() => {
        const { rows, notes } = readSupply(tableOfName(table), tableOf(shell.bytes(file)), o);
        for (const note of notes) shell.say(note);
        shell.say(`${file}: ${rows.length} rows of ${table}`);
      });
    });

  reaching(supply.command('import'))
    .description('gives a table to a running gateway: all of it is taken, or nothing; twice changes nothing')
    .argument('<table>', TABLES)
    .argument('<file>', 'separated values with a header, or a JSON list of records')
    .addOption(dates())
    .option('--by <who>', 'for the record', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright supply import demand orders.csv --gateway http://127.0.0.1:8080')
    .action(async (table: string, file: string, o: Reach & { dates?: DateOrder; by: string }) => {
      const { sendTable } = await import('./sendTable.ts');
      const report = await sendTable(addressOf(o, shell), tokenOf(o, shell), table, shell.bytes(file), o).catch(
        (error: Error) => {
          throw shell.failure(error.message);
        },
      );
      for (const note of report.notes) shell.say(note);
      const { rows, added, changed, unchanged, older } = report;
      shell.say(
        `${rows} rows: ${added} new, ${changed} changed, ${unchanged} as they were, ${older} older than what is known`,
      );
    });
}
