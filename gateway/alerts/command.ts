import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';
import { type Backtest, backtestSchema } from '#models/contracts/value.ts';
import { addressOf, type Reach, reaching, tokenOf } from '../reach.ts';
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
  reaching(program.command('backtest'))
    .description(
      'what other alert rules, or a model, would have done over the history of a running gateway: alerts, failures foretold and missed, and their cost',
    )
    .option('--days <days>', 'so far back', '365')
    .option('--limits <limits>', 'in units of the present limit, such as 0.75,1,1.5')
    .option('--persist-minutes <minutes>', 'how long the index stays over the limit before an alert, such as 0,10,60')
    .option('--budget <alerts>', 'false alerts for each machine and month: names the rule that finds most within it')
    .option('--model <id>', 'the index of a process model of the registry instead of the reported one; with --asset')
    .option('--site <name>', 'the machines of one site alone')
    .option('--asset <name>', 'one machine alone')
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

/** A table for people. Pure. */
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
