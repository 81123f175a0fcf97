import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { level, levels, periods, positive, seasons } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { StockTarget } from '#models/planning/stockPolicy.ts';
import type { ForecastOptions } from './forecastFile.ts';
import type { PlanOptions } from './planFile.ts';

/** `millwright forecast` and `plan`. Modules are loaded on demand. */
export function addPlanningCommands(program: Command, shell: Shell): void {
  addForecast(program, shell);
  addPlan(program, shell);
}

function addForecast(program: Command, shell: Shell): void {
  program
    .command('forecast')
    .description('demand of each item: mean and quantiles of the periods ahead and of the lead time')
    .argument('<file>', 'wide: id, an optional price, then a column a period, oldest first, blanks only at the ends')
    .requiredOption('--horizon <periods>', 'periods ahead', periods)
    .option('--frequency <periods>', 'periods of a season; several, rising: 24,168', seasons, [12])
    .option('--quantiles <levels>', 'rising, between 0 and 1', levels, [0.5, 0.9])
    .option('--lead-time <periods>', 'the whole protection interval: delivery and review', periods, 1)
    .addOption(
      new Option('--format <format>', 'long: a row an item and period, columns id, period, demand, family, site')
        .choices(['wide', 'long'])
        .default('wide'),
    )
    .option('--hierarchy', 'also the total, sites and families (long tables): sums that agree with their items')
    .option('--backtest', 'instead: how good such forecasts were on the last periods, by class')
    .option('--html <file>', 'also one page with pictures and the backtest')
    .option('--jsonl', 'a line of JSON for each item on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  millwright forecast demand.csv --horizon 12 --frequency 12 --quantiles 0.5,0.9 --lead-time 3 --jsonl',
    )
    .action(async (file: string, { html, ...options }: ForecastOptions & { html?: string }) => {
      const { forecastFile } = await import('./forecastFile.ts');
      const page = html === undefined ? undefined : (text: string) => writePage(html, text, shell);
      const table = { name: file, bytes: shell.bytes(file) };
      await shell.onTable(() => forecastFile(table, options, { write: shell.write, info: shell.info, page }));
    });
}

interface PlanArguments extends Omit<PlanOptions, 'target' | 'reviewPeriods'> {
  items: string;
  review: number;
  cycleService?: number;
  fillRate?: number;
  leastCost?: true;
  xlsx?: string;
}

function addPlan(program: Command, shell: Shell): void {
  program
    .command('plan')
    .description('what to hold and what to order now, by demand and stock: the costliest to wait for first')
    .argument('<file>', 'demand: as for forecast')
    .requiredOption(
      '--items <file>',
      'id and, as far as known, stock, on_order, lead_time, unit_cost, order_cost, holding_rate, shortage_cost, minimum_order, pack_size, price_breaks (400:0.72; 800:0.68), unmet_demand (owed or lost); times in periods',
    )
    .option('--frequency <periods>', 'periods of a season; several, rising: 24,168', seasons, [12])
    .option('--review <periods>', 'between two chances to order', periods, 1)
    .option('--cycle-service <level>', 'chance that nothing runs out before the next delivery', level)
    .option('--fill-rate <level>', 'part of the demand that is served from the shelf', level)
    .option('--least-cost', 'instead of a service: least cost of holding and running out')
    .option('--budget <money>', 'defers the orders whose waiting costs least for the money', positive)
    .option('--backtest <periods>', 'instead: service, stock and cost, had the newest periods been planned so', periods)
    .addOption(new Option('--format <format>', 'of the demand').choices(['wide', 'long']).default('wide'))
    .option('--xlsx <file>', 'also a workbook of the plan')
    .option('--jsonl', 'a line of JSON for each item on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  millwright plan demand.csv --items stock.csv --fill-rate 0.95 --review 1 --jsonl',
    )
    .action(async (file: string, { items, xlsx, ...options }: PlanArguments) => {
      if (xlsx !== undefined && options.backtest !== undefined)
        throw shell.usage('--xlsx is of a plan, not of --backtest');
      const { planFile } = await import('./planFile.ts');
      const { itemPlanWorkbook } = await import('./planCsv.ts');
      const [demand, stock] = [file, items].map((name) => ({ name, bytes: shell.bytes(name) }));
      await shell.onTable(() => {
        const plans = planFile(demand, stock, planOptions(options, shell), shell.write, shell.info);
        if (xlsx !== undefined) writePage(xlsx, itemPlanWorkbook(plans), shell);
      });
    });
}

function planOptions(options: Omit<PlanArguments, 'items' | 'xlsx'>, shell: Shell): PlanOptions {
  const { review, cycleService, fillRate, leastCost, ...rest } = options;
  if ([cycleService, fillRate, leastCost].filter((o) => o !== undefined).length > 1)
    throw shell.usage('one of --cycle-service, --fill-rate and --least-cost');
  const target: StockTarget = leastCost
    ? { kind: 'cost' }
    : fillRate === undefined
      ? { kind: 'cycle', level: cycleService ?? 0.95 }
      : { kind: 'fill', level: fillRate };
  return { ...rest, target, reviewPeriods: review };
}

function writePage(file: string, text: string | Uint8Array, shell: Shell): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw shell.failure(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
