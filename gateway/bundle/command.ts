import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';

/** `millwright replay-alert`. */
export function addBundleCommands(program: Command, shell: Shell): void {
  program
    .command('replay-alert')
    .description("reproduces an alert's verdict from its evidence bundle alone, and detects tampering")
    .argument('<bundle>', 'a tar archive from GET /api/v1/alerts/ID/bundle')
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright replay-alert pump-101.tar')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { replayBundle } = await import('./replayBundle.ts');
      const archive = Buffer.from(shell.bytes(file));
      let report: Awaited<ReturnType<typeof replayBundle>>;
      try {
        report = await replayBundle(archive, shell.version);
      } catch (error) {
        throw shell.usage(`${file}: not an evidence bundle: ${error instanceof Error ? error.message : error}`);
      }
      const { outcome, versions, details, alert, manifestSha256 } = report;
      if (json) shell.write(JSON.stringify(report));
      else for (const detail of details) shell.write(detail);
      shell.info(`alert ${alert}, manifest ${manifestSha256}`);
      shell.info(`decided by Millwright ${versions.edge}, replayed by ${versions.replay}`);
      if (outcome === 'identical') shell.info('identical, bit for bit');
      else if (outcome === 'different_version')
        throw shell.failure(`versions ${versions.edge} and ${versions.replay} decide differently`);
      else throw shell.failure('the bundle was tampered with');
    });
}
