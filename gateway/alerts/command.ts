import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';
import { type Backtest, backtestSchema } from '#models/contracts/value.ts';
import { addGatewayOptions, addressOf, type Reach, tokenOf } from '../reach.ts';
import { requestGateway } from '../requestGateway.ts';

interface Options extends Reach {
  days: string;
  limits?: string;
  persistMinutes?: string;
  budget?: string;
  model?: string;
  site?: string;
  asset?: string;
  json?: boolean;
}

/** `millwright backtest`. */
export function addBacktestCommand(program: Command, shell: Shell): void {
  addGatewayOptions(program.command('backtest'))
    .description(
      'tries other alert rules, or a model, on the history of a running gateway: alerts, predicted and missed failures, cost',
    )
    .option('--days <days>', 'length of the history', '365')
    .option('--limits <limits>', 'multiples of the present limit, such as 0.75,1,1.5')
    .option(
      '--persist-minutes <minutes>',
      'how long the index must stay above the limit before an alert, such as 0,10,60',
    )
    .option(
      '--budget <alerts>',
      'false alerts allowed per machine and month: names the rule that predicts most failures within it',
    )
    .option(
      '--model <id>',
      'uses the index of a process model from the registry instead of the reported one; needs --asset',
    )
    .option('--site <name>', 'only machines of this site')
    .option('--asset <name>', 'only this machine')
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright backtest --asset pump-101 --limits 0.75,1,1.5,2')
    .action(async (o: Options) => {
      const { days, limits, persistMinutes, budget, model, site, asset } = o;
      const query = Object.entries({ days, limits, persistMinutes, budget, model, site, asset }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      const path = `/api/v1/backtest?${new URLSearchParams(query)}`;
      const answer = await requestGateway(addressOf(o, shell), tokenOf(o, shell), path).catch((error: Error) => {
        throw shell.failure(error.message);
      });
      const backtest = backtestSchema.parse(answer);
      if (o.json) shell.write(JSON.stringify(backtest));
      else for (const line of linesOf(backtest)) shell.write(line);
    });
}

/** Formats a table for a terminal. Pure. */
export function linesOf({ trials, ...backtest }: Backtest): string[] {
  const { currency, machines, failures, findings, best, bestPersistMinutes, inBudget } = backtest;
  const head = [
    'limit',
    'minutes',
    'alerts',
    'false',
    'a month',
    'foretold',
    'missed',
    'hours before',
    `cost (${currency})`,
  ];
  const isBest = (t: Backtest['trials'][number]) => t.limit === best && t.persistMinutes === bestPersistMinutes;
  const rows = trials.map((t) => [
    `${t.limit}${isBest(t) ? ' *' : ''}`,
    String(t.persistMinutes),
    String(t.raised),
    String(t.falseAlerts),
    t.falsePerMachineMonth === null ? '–' : String(Number(t.falsePerMachineMonth.toPrecision(2))),
    String(t.foretold),
    String(t.missed),
    t.leadTimeH === null ? '–' : t.leadTimeH.toFixed(0),
    t.cost.toFixed(0),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (row: string[]) => row.map((cell, i) => cell.padStart(widths[i])).join('  ');
  return [
    `${machines} machines, ${failures} failures; findings: ${findings.confirmed} confirmed, ${findings.false_alarm} false, ${findings.nothing_found} nothing found`,
    line(head),
    ...rows.map(line),
    ...(best === null ? [] : ['* least cost']),
    ...(inBudget === null
      ? []
      : [
          `within the budget: limit ${inBudget.limit} for ${inBudget.persistMinutes} min, ${inBudget.foretold} foretold`,
        ]),
  ];
}
