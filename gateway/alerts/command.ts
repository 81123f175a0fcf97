import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';
import { type Backtest, backtestSchema } from '#models/contracts/value.ts';
import { addressOf, type Reach, reaching, tokenOf } from '../reach.ts';
import { requestGateway } from '../requestGateway.ts';

interface Options extends Reach {
  days: string;
  limits?: string;
  site?: string;
  asset?: string;
  json?: boolean;
}

/** `millwright backtest`. */
export function addBacktestCommand(program: Command, shell: Shell): void {
  reaching(program.command('backtest'))
    .description(
      'what other alert limits would have done over the history of a running gateway: alerts, failures foretold and missed, and their cost',
    )
    .option('--days <days>', 'so far back', '365')
    .option('--limits <limits>', 'in units of the present limit, such as 0.75,1,1.5')
    .option('--site <name>', 'the machines of one site alone')
    .option('--asset <name>', 'one machine alone')
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright backtest --asset pump-101 --limits 0.75,1,1.5,2')
    .action(async (o: Options) => {
      const query = Object.entries({ days: o.days, limits: o.limits, site: o.site, asset: o.asset }).filter(
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
export function linesOf({ currency, machines, failures, findings, trials, best }: Backtest): string[] {
  const head = ['limit', 'alerts', 'false', 'foretold', 'missed', 'hours before', `cost (${currency})`];
  const rows = trials.map((t) => [
    `${t.limit}${t.limit === best ? ' *' : ''}`,
    String(t.raised),
    String(t.falseAlerts),
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
  ];
}
