import { type Command, Option } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';
import { accountNameSchema, type Role, roles, sitesSchema } from '#models/contracts/identity.ts';

/** `millwright gateway account`: manages the accounts of a stopped gateway. */
export function addAccountCommands(gateway: Command, shell: Shell): void {
  const account = gateway
    .command('account')
    .description('manages the accounts of a stopped gateway; while it runs, administrators manage them on its page');
  const config = ['--config <file>', 'the configuration of the gateway (YAML)'] as const;
  const run = async <T>(file: string, work: (accounts: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> => {
    const accounts = await open(file, shell);
    return work(accounts).catch((error: Error) => {
      throw shell.failure(error.message);
    });
  };

  account
    .command('list')
    .description('every account with its role and sites')
    .requiredOption(...config)
    .action(async (o: { config: string }) => {
      for (const { name, role, sites, disabled } of await run(o.config, (accounts) => accounts.list()))
        shell.write(`${name}\t${role}\t${sites?.join(',') ?? 'all sites'}${disabled ? '\tdisabled' : ''}`);
    });
  account
    .command('add')
    .description('adds an account and prints its one-time password')
    .argument('<name>')
    .requiredOption(...config)
    .addOption(
      new Option('--role <role>', 'its permissions')
        .choices(roles.filter((r) => r !== 'metrics'))
        .makeOptionMandatory(),
    )
    .option('--site <site...>', 'sites that it may access; all by default')
    .addHelpText(
      'after',
      '\nExample:\n  millwright gateway account add ann --role operator --site north --config gateway.yaml',
    )
    .action(async (name: string, o: { config: string; role: Role; site?: string[] }) => {
      const sites = sitesSchema.safeParse(o.site ?? null);
      if (!sites.success) throw shell.usage(`--site: ${sites.error.issues[0].message}`);
      const account = { name: checked(name, shell), role: o.role, sites: sites.data };
      shell.write(await run(o.config, (accounts) => accounts.add(account)));
    });
  account
    .command('reset')
    .description("resets an account to a one-time password, prints it, and ends the account's sessions")
    .argument('<name>')
    .requiredOption(...config)
    .action(async (name: string, o: { config: string }) => {
      shell.write(await run(o.config, (accounts) => accounts.reset(checked(name, shell))));
    });
  account
    .command('remove')
    .description('removes an account; its actions stay in the audit log')
    .argument('<name>')
    .requiredOption(...config)
    .action(async (name: string, o: { config: string }) => {
      await run(o.config, (accounts) => accounts.remove(checked(name, shell)));
    });
}

async function open(file: string, shell: Shell) {
  const [{ gatewayConfigSchema }, { OfflineAccounts }] = await Promise.all([
    import('../config.ts'),
    import('./manageAccounts.ts'),
  ]);
  return new OfflineAccounts(await shell.load(file, gatewayConfigSchema, 'MILLWRIGHT_GATEWAY'), Date.now);
}

function checked(name: string, shell: Shell): string {
  const parsed = accountNameSchema.safeParse(name);
  if (!parsed.success) throw shell.usage(`found ${name}; allowed: ${parsed.error.issues[0].message}`);
  return parsed.data;
}
