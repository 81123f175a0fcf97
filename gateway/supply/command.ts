import { type Command, Option } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { addGatewayOptions, addressOf, type Reach, tokenOf } from '../reach.ts';
import type { MapOptions } from './mapFile.ts';
import type { TableFileOptions } from './tableFile.ts';

const TABLES = 'demand | items | stock | purchases | suppliers | bom | maintenance';
const dates = () =>
  new Option('--dates <order>', 'of dates such as 03/04/2026; inferred from the table if it is unambiguous').choices([
    'dmy',
    'mdy',
  ]);

const map = () =>
  new Option('--map <file>', 'column mapping from supply map; by default a matching TABLE*.map.yaml beside the file');

/** `millwright supply`: planners' tables, checked locally or uploaded to a running gateway. */
export function addSupplyCommands(program: Command, shell: Shell): void {
  const supply = program.command('supply').description("planners' tables: demand, items, stock, purchases …");
  supply
    .command('check')
    .description('checks a table: reports every repair or every invalid place; stores nothing')
    .argument('<table>', TABLES)
    .argument('<file>', 'a workbook (.xlsx), separated values with a header, or a JSON list of records')
    .addOption(dates())
    .addOption(map())
    .addHelpText('after', '\nExample:\n  millwright supply check demand orders-2026.csv')
    .action(async (table: string, file: string, o: TableFileOptions) => {
      const { readTableFile } = await import('./tableFile.ts');
      await shell.onTable(() => {
        const { rows } = readTableFile(table, file, o, shell);
        shell.info(`${file}: ${rows.length} rows of ${table}`);
      });
    });

  addMap(supply, shell);

  addGatewayOptions(supply.command('import'))
    .description('imports a table into a running gateway, completely or not at all; repeating it changes nothing')
    .argument('<table>', TABLES)
    .argument('<file>', 'a workbook (.xlsx), separated values with a header, or a JSON list of records')
    .addOption(dates())
    .addOption(map())
    .option('--by <who>', 'for the record', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright supply import demand orders.csv --gateway http://127.0.0.1:8080')
    .action(async (table: string, file: string, o: Reach & TableFileOptions & { by: string }) => {
      const { sendTable } = await import('./sendTable.ts');
      const { readUpload } = await import('./tableFile.ts');
      let bytes: Uint8Array = new Uint8Array();
      await shell.onTable(() => {
        bytes = readUpload(table, file, o, shell);
      });
      const report = await sendTable(addressOf(o, shell), tokenOf(o, shell), table, bytes, o).catch((error: Error) => {
        throw shell.failure(error.message);
      });
      for (const note of report.notes) shell.info(note);
      const { rows, added, changed, unchanged, older } = report;
      shell.info(`${rows} rows: ${added} new, ${changed} changed, ${unchanged} as they were, ${older} outdated`);
    });
}

const collected = (text: string, before: readonly string[]) => [...before, text];

function addMap(supply: Command, shell: Shell): void {
  supply
    .command('map')
    .description(
      'proposes a mapping for the columns of an export, previews its rows, and saves the map for later imports',
    )
    .argument('<file>', 'an export: a workbook (.xlsx) or separated values')
    .addOption(
      new Option('--table <table>', 'by default from the beginning of the file name, otherwise demand').choices(
        TABLES.split(' | '),
      ),
    )
    .option('--set <name=column>', 'assigns a column, as in --set quantity=Menge; repeatable', collected, [])
    .option('--movement <type=kind>', 'order, shipment, usage, return or none; repeatable', collected, [])
    .addOption(dates())
    .addOption(new Option('--decimal <sign>', 'of numbers such as 1,234').choices(['.', ',']))
    .option('--sheet <name>', 'of a workbook; by default the first that has a table')
    .option('--fiscal-year <year=date>', 'its first day, as in 2026=2025-12-29; repeatable', collected, [])
    .addOption(
      new Option('--fiscal-pattern <pattern>', 'weeks of the periods of a quarter')
        .choices(['4-4-5', '4-5-4', '5-4-4', 'months'])
        .default('4-4-5'),
    )
    .option('--out <file>', 'by default TABLE.map.yaml beside the export')
    .option('--replace', 'a map that is there already')
    .addHelpText('after', '\nExample:\n  millwright supply map MB51.xlsx --movement Z61=usage')
    .action(async (file: string, o: MapOptions & { table?: SupplyTable }) => {
      const { mapFile } = await import('./mapFile.ts');
      await shell.onTable(() => mapFile(file, o, shell));
    });
}
