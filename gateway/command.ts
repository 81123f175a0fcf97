import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { fileOf } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { addBacktestCommand } from './alerts/command.ts';
import { addAuditCommands } from './audit/command.ts';
import { addBundleCommands } from './bundle/command.ts';
import { addDoctorCommand } from './doctor/command.ts';
import { addAccountCommands } from './identity/command.ts';
import { addOpcuaAlarmsCommand } from './opcua/command.ts';
import { addPlanningCommands } from './planning/command.ts';
import { addGatewayOptions, addressOf, type Reach, tokenOf } from './reach.ts';
import { addModelCommands } from './registry/command.ts';
import { addStoreCommands } from './store/command.ts';
import { addSupplyCommands } from './supply/command.ts';

interface CommandArguments {
  asset?: string;
  point?: string;
  model?: string;
  stage: string;
  by: string;
}

/** `millwright gateway`, and the commands that use a running one. Modules are loaded on demand. */
export function addGatewayCommands(program: Command, shell: Shell): void {
  const gateway = program.command('gateway');
  gateway
    .description('runs a gateway: ingest, historian, API and page')
    .argument(
      '<file>',
      'its configuration (YAML); MILLWRIGHT_GATEWAY__A__B overrides the setting a.b',
      fileOf(gateway, existsSync),
    )
    .addHelpText('after', '\nExample:\n  millwright gateway gateway/gateway.example.yaml')
    .action(async (file: string) => {
      const { gatewayConfigSchema } = await import('./config.ts');
      const { startGateway } = await import('./main.ts');
      const config = await shell.loadToRun(file, gatewayConfigSchema, 'MILLWRIGHT_GATEWAY');
      await shell.runUntilStopped(await startGateway(config, shell.version));
    });
  addKeys(gateway, shell);
  addBrokerAcl(gateway, shell);
  addTestNotify(gateway, shell);
  addStoreCommands(gateway, shell);
  addAccountCommands(gateway, shell);
  addOpcuaAlarmsCommand(gateway, shell);
  addDoctorCommand(program, shell);
  addBacktestCommand(program, shell);
  addLedger(program, shell);
  addAuditCommands(program, shell);
  addBundleCommands(program, shell);
  addCommandToEdge(program, shell);
  addModelCommands(program, shell);
  addPlanningCommands(program, shell);
  addSupplyCommands(program, shell);
}

function addKeys(gateway: Command, shell: Shell): void {
  gateway
    .command('keys')
    .description('generates the command keys: command.key for the gateway only, command.pub for its edges')
    .requiredOption('--out <dir>', 'output directory; existing files are not overwritten')
    .addHelpText('after', '\nExample:\n  millwright gateway keys --out /etc/millwright')
    .action(async ({ out }: { out: string }) => {
      const { generateCommandKeys } = await import('./commands.ts');
      const [privateFile, publicFile] = [join(out, 'command.key'), join(out, 'command.pub')];
      const existing = [privateFile, publicFile].find((file) => existsSync(file));
      if (existing) throw shell.failure(`${existing} already exists`);
      const { privateKey, publicKey } = generateCommandKeys();
      mkdirSync(out, { recursive: true });
      writeFileSync(privateFile, privateKey, { mode: 0o600 });
      writeFileSync(publicFile, publicKey);
      shell.info(`${privateFile} for the gateway (commands.keyFile), ${publicFile} for edges (uplink.commandKeyFile)`);
    });
}

function addBrokerAcl(gateway: Command, shell: Shell): void {
  gateway
    .command('broker-acl')
    .description("writes Mosquitto's files for a configuration: passwords (hashed) and acl (permitted topics)")
    .argument('<file>', 'its configuration (YAML), with brokerAccounts')
    .requiredOption('--out <dir>', 'output directory; existing files are replaced')
    .addHelpText(
      'after',
      '\nExample:\n  millwright gateway broker-acl gateway/gateway.example.yaml --out /etc/mosquitto',
    )
    .action(async (file: string, { out }: { out: string }) => {
      const { gatewayConfigSchema } = await import('./config.ts');
      const { accountsOf } = await import('./brokerAccess.ts');
      const { writeBrokerFiles } = await import('./brokerFiles.ts');
      const config = await shell.load(file, gatewayConfigSchema, 'MILLWRIGHT_GATEWAY');
      if (config.brokerAccounts === undefined) throw shell.usage(`${file}: brokerAccounts is missing`);
      if (config.brokerAccounts.enrolment !== undefined)
        throw shell.usage(
          `${file}: with brokerAccounts.enrolment the gateway writes these files, which also hold enrolled edges: set enrolment.mosquittoDirectory`,
        );
      try {
        const accounts = accountsOf(config);
        writeBrokerFiles(out, accounts);
        shell.info(
          `${accounts.length} accounts in ${join(out, 'passwords')} and ${join(out, 'acl')}: change their owner to Mosquitto's user, and reload them (SIGHUP)`,
        );
      } catch (error) {
        throw shell.failure(error instanceof Error ? error.message : String(error));
      }
    });
}

function addTestNotify(gateway: Command, shell: Shell): void {
  gateway
    .command('test-notify')
    .description(
      'sends a test message to the notification channels of a configuration; the gateway need not be running',
    )
    .argument('<file>', 'its configuration (YAML)')
    .argument('[channel]', 'only this channel, by name or type')
    .addHelpText('after', '\nExample:\n  millwright gateway test-notify gateway/gateway.example.yaml maintenance')
    .action(async (file: string, channel?: string) => {
      const { gatewayConfigSchema } = await import('./config.ts');
      const { testNotify } = await import('./notify/testNotify.ts');
      const { notifiers, broker } = await shell.load(file, gatewayConfigSchema, 'MILLWRIGHT_GATEWAY');
      const results = await testNotify(notifiers, broker, channel);
      if (results.length === 0) throw shell.failure(channel ? `no channel ${channel}` : 'no channel is configured');
      for (const { name, error } of results) shell.info(`${name}: ${error ?? 'delivered'}`);
      if (results.some(({ error }) => error !== null)) throw shell.failure('not every channel could be reached');
    });
}

function addLedger(program: Command, shell: Shell): void {
  addGatewayOptions(program.command('ledger'))
    .description('accounts for every message of every point, from a running gateway; fails if a count does not balance')
    .option('--asset <name>', 'only the points of this machine')
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright ledger --gateway http://127.0.0.1:8080 --asset pump-101')
    .action(async (o: Reach & { asset?: string; json?: boolean }) => {
      const { ledgerLines, ledgerReport } = await import('./ledger/ledgerReport.ts');
      const { readLedger } = await import('./ledger/readLedger.ts');
      const view = await readLedger(addressOf(o, shell), tokenOf(o, shell)).catch((error: Error) => {
        throw shell.failure(error.message);
      });
      const report = ledgerReport(view, o.asset);
      if (o.asset !== undefined && report.points.length === 0)
        throw shell.usage(`--asset: the gateway knows no machine ${o.asset}`);
      if (o.json) shell.write(JSON.stringify(report));
      else for (const line of ledgerLines(report)) shell.write(line);
      if (report.open.length > 0) throw shell.failure(`${report.open.length} points whose counts do not balance`);
    });
}

function addCommandToEdge(program: Command, shell: Shell): void {
  addGatewayOptions(program.command('tell'))
    .description("sends a command to an edge, signed by a running gateway; prints the result from the edge's status")
    .argument('<edge>', 'site/edge')
    .argument('<what>', 'reload | relearn | evidence | model | rollback')
    .option('--asset <name>', 'the machine; for all commands except reload')
    .option('--point <name>', 'its point; for relearn and evidence')
    .option('--model <id>', 'id of an approved model in the registry; for model and rollback')
    .option('--stage <stage>', 'shadow: beside the active model; live: in its place; for model', 'live')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright tell plant-1/edge-1 relearn --asset pump-101 --point 2H')
    .action(async (edge: string, what: string, o: Reach & CommandArguments) => {
      const { orderSchema } = await import('#models/contracts/command.ts');
      const { sendCommand } = await import('./sendCommand.ts');
      const order = orderSchema.safeParse(orderOf(what, o));
      const [site, name, ...more] = edge.split('/');
      if (!name || more.length > 0) throw shell.usage(`found ${edge}; allowed: site/edge`);
      if (!order.success) {
        const [{ path, message }] = order.error.issues;
        throw shell.usage(`${path.map((p) => (p === 'what' ? what : `--${String(p)}`)).join(' ') || what}: ${message}`);
      }
      const origin = { site, edge: name };
      const answer = await sendCommand(addressOf(o, shell), tokenOf(o, shell), origin, order.data, o.by).catch(
        (error: Error) => {
          throw shell.failure(error.message);
        },
      );
      shell.info(`${answer.outcome}: ${answer.detail}`);
      if (answer.outcome === 'refused') throw shell.failure('the edge refused');
    });
}

function orderOf(what: string, { asset, point, model, stage }: CommandArguments): object {
  if (what === 'reload') return { what };
  if (what === 'rollback') return { what, asset, ...(model === undefined ? {} : { id: model }) };
  if (what === 'model') return { what, asset, id: model, stage };
  return { what, asset, point };
}
