import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';

/** `millwright audit`. */
export function addAuditCommands(program: Command, shell: Shell): void {
  program
    .command('audit')
    .description("the gateway's audit log")
    .command('verify')
    .description('checks that no entry of the audit log was changed, removed or moved; safe while the gateway runs')
    .argument('<path>', "the gateway's data directory, or its gateway.db")
    .option('--head <sequence:hash>', 'a head stored elsewhere: the log must contain it unchanged')
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright audit verify /var/lib/millwright')
    .action(async (path: string, { head, json }: { head?: string; json?: boolean }) => {
      const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'gateway.db') : path;
      if (!existsSync(file)) throw shell.usage(`${file}: no such file; give the data directory of a gateway`);
      const noted = head === undefined ? null : /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(head);
      if (head !== undefined && noted === null)
        throw shell.usage(`--head: found ${head}; allowed: 123:<64 hex digits>`);
      const { verifyAudit } = await import('./verifyAudit.ts');
      const anchor = noted && { sequence: Number(noted[1]), hash: noted[2] };
      const report = await verifyAudit(file, anchor).catch((error: Error) => {
        throw shell.usage(`${file}: ${error.message}`);
      });
      if (json) shell.write(JSON.stringify(report));
      else for (const fault of report.faults) shell.write(fault);
      if (report.faults.length > 0) throw shell.failure(`${report.faults.length} faults in ${report.entries} entries`);
      shell.info(`${report.entries} entries, unchanged; head ${report.head?.sequence}:${report.head?.hash}`);
    });
}
