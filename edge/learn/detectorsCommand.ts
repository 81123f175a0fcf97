import { type Command, Option } from 'commander';
import { wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';

/** `evaluate detectors`: the panel of `detect` on seeded faults, whose truth is known. */
export function addEvaluateDetectors(evaluate: Command, shell: Shell): void {
  evaluate
    .command('detectors')
    .description('of detect itself: seeded faults on eight backgrounds, those found, and false alarms a month')
    .option('--seeds <n>', 'tables of each fault on each background', wholeNumber, 5)
    .addOption(new Option('--channels <n>', '4: the last one follows the first').choices(['1', '4']).default('4'))
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright evaluate detectors --seeds 5 --channels 4')
    .action(async ({ seeds, channels, json }: { seeds: number; channels: '1' | '4'; json?: boolean }) => {
      const { runFaultSuite } = await import('#models/health/process/panel/faultSuite.ts');
      const result = runFaultSuite(seeds, channels === '1' ? 1 : 4, shell.info);
      if (json) {
        shell.write(JSON.stringify(result));
        return;
      }
      for (const { fault, tables, found, missedOn } of result.byFault)
        shell.write(
          `${fault.padEnd(12)} ${found} of ${tables}${missedOn.length > 0 ? `, missed on ${missedOn.join(', ')}` : ''}`,
        );
      const percent = (v: number) => `${(100 * v).toFixed(1)} %`;
      for (const { background, atLimit } of result.falsePerMonth)
        shell.write(`${background.padEnd(14)} ${atLimit.toFixed(2)} false alarms a month`);
      shell.write(`found ${percent(result.found)}; at one false alarm a month ${percent(result.foundAtOneAMonth)}`);
    });
}
