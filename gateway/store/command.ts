import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';

/** Backup and restore of a gateway's data directory. */
export function addStoreCommands(gateway: Command, shell: Shell): void {
  const failing = (error: Error) => {
    throw shell.failure(error.message);
  };
  gateway
    .command('backup')
    .description('copies every database of a gateway, even while it runs; each copy is verified')
    .argument('<dir>', 'an empty directory for the backup')
    .requiredOption('--config <file>', 'the configuration of the gateway (YAML)')
    .addHelpText(
      'after',
      '\nExample:\n  millwright gateway backup /backup/2026-06-01 --config /etc/millwright/gateway.yaml',
    )
    .action(async (dir: string, { config }: { config: string }) => {
      const { createBackup } = await import('./backup.ts');
      const { files } = await createBackup(await directoryOf(config, shell), dir, shell.version, Date.now()).catch(
        failing,
      );
      for (const { name, bytes, schema } of files) shell.info(`${name}: ${bytes} bytes, schema version ${schema}`);
      shell.info(`${dir} is complete`);
    });
  gateway
    .command('restore')
    .description('replaces the databases of a stopped gateway with those of a backup')
    .argument('<dir>', 'the backup')
    .requiredOption('--config <file>', 'the configuration of the gateway (YAML)')
    .addHelpText(
      'after',
      '\nExample:\n  millwright gateway restore /backup/2026-06-01 --config /etc/millwright/gateway.yaml',
    )
    .action(async (dir: string, { config }: { config: string }) => {
      const { restore } = await import('./restore.ts');
      const { manifest, former } = await restore(dir, await directoryOf(config, shell), Date.now()).catch(failing);
      shell.info(`restored the state of ${new Date(manifest.atMs).toISOString()} (Millwright ${manifest.version})`);
      if (former !== null) shell.info(`the previous databases are in ${former}`);
    });
}

async function directoryOf(config: string, shell: Shell): Promise<string> {
  const { gatewayConfigSchema } = await import('../config.ts');
  const { dataDirectory, store } = await shell.load(config, gatewayConfigSchema, 'MILLWRIGHT_GATEWAY');
  if (store.type === 'postgres')
    throw shell.usage(`${config}: store.type is postgres: pg_dump and pg_restore copy its schemas millwright_*`);
  return dataDirectory;
}
