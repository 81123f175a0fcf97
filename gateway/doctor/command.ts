import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';

/** `millwright doctor`. */
export function addDoctorCommand(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .description(
      'checks everything a gateway needs: configuration, disk, databases, secrets, certificates, broker, historian, clock, port; read-only, safe beside a running gateway',
    )
    .argument('<file>', 'the configuration of the gateway (YAML)')
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright doctor /etc/millwright/gateway.yaml')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { gatewayConfigSchema } = await import('../config.ts');
      const { runChecks, linesOf } = await import('./doctor.ts');
      const findings = await runChecks(await shell.load(file, gatewayConfigSchema, 'MILLWRIGHT_GATEWAY'), Date.now);
      if (json) shell.write(JSON.stringify({ findings }));
      else for (const line of findings.flatMap(linesOf)) shell.write(line);
      const faults = findings.filter(({ state }) => state === 'fault').length;
      if (faults > 0) throw shell.failure(`${faults} of ${findings.length} checks found a fault`);
    });
}
