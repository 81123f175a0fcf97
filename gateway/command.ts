import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';

/** How a running gateway is reached. */
interface Reach {
  gateway: string;
  tokenFile?: string;
}

interface TellArguments {
  asset?: string;
  point?: string;
  model?: string;
  stage: string;
  by: string;
}

/** `millwright gateway`, and the commands that ask a running one. Rooms are loaded when they are needed. */
export function addGatewayCommands(program: Command, shell: Shell): void {
  const gateway = program
    .command('gateway')
    .description('runs a gateway: ingest, historian, API and page')
    .argument('<file>', 'its configuration (YAML); MILLWRIGHT_GATEWAY__A__B overrides the setting a.b')
    .addHelpText('after', '\nExample:\n  millwright gateway gateway/gateway.example.yaml')
    .action(async (file: string) => {
      const { gatewayConfigSchema } = await import('./config.ts');
      const { startGateway } = await import('./main.ts');
      const config = await shell.load(file, gatewayConfigSchema, 'MILLWRIGHT_GATEWAY');
      await shell.runUntilStopped(await startGateway(config, shell.version));
    });
  addKeys(gateway, shell);
  addLedger(program, shell);
  addTell(program, shell);
  addModelCommands(program, shell);
}

function addKeys(gateway: Command, shell: Shell): void {
  gateway
    .command('keys')
    .description('makes the keys of commands: command.key for the gateway alone, command.pub for its edges')
    .requiredOption('--out <dir>', 'where they go; what is there already is left alone')
    .addHelpText('after', '\nExample:\n  millwright gateway keys --out /etc/millwright')
    .action(async ({ out }: { out: string }) => {
      const { newCommandKeys } = await import('./commands.ts');
      const [privateFile, publicFile] = [join(out, 'command.key'), join(out, 'command.pub')];
      const there = [privateFile, publicFile].find((file) => existsSync(file));
      if (there) throw shell.failure(`${there} is there already`);
      const { privateKey, publicKey } = newCommandKeys();
      mkdirSync(out, { recursive: true });
      writeFileSync(privateFile, privateKey, { mode: 0o600 });
      writeFileSync(publicFile, publicKey);
      shell.say(`${privateFile} for the gateway (commands.keyFile), ${publicFile} for edges (uplink.commandKeyFile)`);
    });
}

interface PackArguments {
  name: string;
  release: string;
  out: string;
  key?: string;
  data?: string;
}

/** `millwright model`: packages, the gateway's registry of them, and their ways to machines. */
function addModelCommands(program: Command, shell: Shell): void {
  const model = program.command('model').description('model packages, and their ways to machines');
  model
    .command('pack')
    .description('makes a package of a trained model: one file that a gateway takes, or a stick carries')
    .argument('<dir>', 'where train put the model')
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--release <release>', 'of this model: each change has another')
    .requiredOption('--out <file>', 'the package')
    .option('--key <file>', 'signs it for edges that no gateway reaches: the private key, as gateway keys makes it')
    .option('--data <file>', 'the table that it was trained on: its hash goes into the package')
    .addHelpText('after', '\nExample:\n  millwright model pack model --name pump --release 1 --out pump-1.model')
    .action(async (dir: string, o: PackArguments) => {
      const { packDirectory } = await import('./registry/packDirectory.ts');
      const id = await orFailure(shell, () =>
        packDirectory(dir, { ...o, version: shell.version, commandFile: shell.commandFile }),
      );
      shell.say(`${o.out}: ${id}${o.key === undefined ? ', not signed' : ', signed'}`);
    });
  model
    .command('shipped')
    .description('the cards of what Millwright brings: defaults that need no training data, and a worked example')
    .addHelpText('after', '\nExample:\n  millwright model shipped')
    .action(async () => {
      const { BEARING_RUN_TO_FAILURE } = await import('#models/trained/bearingRunToFailure.ts');
      const { PROCESS_ANOMALY } = await import('#models/trained/processAnomaly.ts');
      const file = resolve(shell.commandFile, '../../models/trained/turbofan/model.json');
      const { card } = JSON.parse(Buffer.from(shell.bytes(file)).toString('utf8')) as { card: object };
      const turbofan = { name: 'turbofan', ...card };
      for (const one of [BEARING_RUN_TO_FAILURE.card, PROCESS_ANOMALY.card, turbofan]) shell.write(JSON.stringify(one));
    });
  model
    .command('show')
    .description('what a package is: its card, its files, and whether it is signed')
    .argument('<file>', 'a package')
    .option('--key <file>', 'the public key that it should be signed by')
    .addHelpText('after', '\nExample:\n  millwright model show pump-1.model --key command.pub')
    .action(async (file: string, { key }: { key?: string }) => {
      const { showPackage } = await import('./registry/packDirectory.ts');
      shell.write(JSON.stringify(await orFailure(shell, () => showPackage(file, key)), null, 2));
    });
  reaching(model.command('add'))
    .description('gives a package to the registry of a running gateway; prints its id')
    .argument('<file>', 'a package')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model add pump-1.model')
    .action(async (file: string, o: Reach & { by: string }) => {
      const text = textOf(file, 'a package', shell);
      const { id } = (await asked(shell, o, '/api/v1/models', { by: o.by, package: text })) as { id: string };
      shell.write(id);
    });
  reaching(model.command('propose'))
    .description(
      'learns a model of the newest days of a machine, and compares it with the running one; it waits for approval',
    )
    .argument('<machine>', 'site/edge/asset')
    .option('--days <n>', 'of its history', wholeNumber, 14)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model propose plant/edge-1/pump-101')
    .action(async (place: string, o: Reach & { by: string; days: number }) => {
      const [site, edge, asset, ...more] = place.split('/');
      if (!asset || more.length > 0) throw shell.usage(`found ${place}; allowed: site/edge/asset`);
      const body = { by: o.by, days: o.days, site, edge, asset };
      shell.write(JSON.stringify(await asked(shell, o, '/api/v1/models/propose', body)));
    });
  reaching(model.command('approve'))
    .description('signs a model of the registry: from then on edges may have it')
    .argument('<id>', 'the package')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model approve 3f0c…')
    .action(async (id: string, o: Reach & { by: string }) => {
      await asked(shell, o, `/api/v1/models/${encodeURIComponent(id)}/approve`, { by: o.by });
      shell.say('approved');
    });
  reaching(model.command('list'))
    .description('the models of the registry, who approved them, and where each runs; a line of JSON each')
    .addHelpText('after', '\nExample:\n  millwright model list')
    .action(async (o: Reach) => {
      for (const one of (await asked(shell, o, '/api/v1/models')) as object[]) shell.write(JSON.stringify(one));
    });
  reaching(model.command('rollout'))
    .description(
      'a model to machines: in the shadow, then judging on some, then on all; back by itself where it is worse',
    )
    .argument('<id>', 'an approved package')
    .argument('<machines...>', 'site/edge/asset; the first ones are canaries')
    .option('--rows <n>', 'that it judges in each stage on each machine', wholeNumber, 360)
    .option('--canaries <n>', 'how many; by default one in ten', wholeNumber)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model rollout 3f0c… plant/edge-1/pump-101 plant/edge-2/pump-102')
    .action(async (id: string, machines: string[], o: Reach & { by: string; rows: number; canaries?: number }) => {
      const targets = machines.map((place) => {
        const [site, edge, asset, ...more] = place.split('/');
        if (!asset || more.length > 0) throw shell.usage(`found ${place}; allowed: site/edge/asset`);
        return { site, edge, asset };
      });
      const { by, rows, canaries } = o;
      const body = { by, model: id, targets, rows, ...(canaries === undefined ? {} : { canaries }) };
      shell.write(JSON.stringify(await asked(shell, o, '/api/v1/rollouts', body)));
    });
  reaching(model.command('rollouts'))
    .description('the ways of models, the newest first; a line of JSON each')
    .addHelpText('after', '\nExample:\n  millwright model rollouts')
    .action(async (o: Reach) => {
      for (const one of (await asked(shell, o, '/api/v1/rollouts')) as object[]) shell.write(JSON.stringify(one));
    });
  reaching(model.command('back'))
    .description('takes a model back from all machines of a roll-out that goes on')
    .argument('<rollout>', 'its number', wholeNumber)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model back 3')
    .action(async (id: number, o: Reach & { by: string }) => {
      await asked(shell, o, `/api/v1/rollouts/${id}/back`, { by: o.by });
      shell.say('on its way back');
    });
}

async function asked(shell: Shell, o: Reach, path: string, body?: object): Promise<unknown> {
  const { askGateway } = await import('./askGateway.ts');
  return orFailure(shell, () => askGateway(addressOf(o, shell), tokenOf(o, shell), path, body));
}

async function orFailure<T>(shell: Shell, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw shell.failure(error instanceof Error ? error.message : String(error));
  }
}

function addLedger(program: Command, shell: Shell): void {
  reaching(program.command('ledger'))
    .description(
      'what became of every message of every point, as a running gateway has it; fails where a count does not close',
    )
    .option('--asset <name>', 'the points of one machine alone')
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
      if (report.open.length > 0) throw shell.failure(`${report.open.length} points whose counts do not close`);
    });
}

function addTell(program: Command, shell: Shell): void {
  reaching(program.command('tell'))
    .description('has a running gateway sign a command and send it to an edge; the edge answers in its status')
    .argument('<edge>', 'site/edge')
    .argument('<what>', 'reload | relearn | evidence | model | rollback')
    .option('--asset <name>', 'the machine; for all but reload')
    .option('--point <name>', 'its point; for relearn and evidence')
    .option('--model <id>', 'an approved model of the registry, by its id; for model, and rollback')
    .option('--stage <stage>', 'shadow: beside the one that judges; live: in its place; for model', 'live')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright tell plant-1/edge-1 relearn --asset pump-101 --point 2H')
    .action(async (edge: string, what: string, o: Reach & TellArguments) => {
      const { orderSchema } = await import('#models/contracts/command.ts');
      const { tellEdge } = await import('./tellEdge.ts');
      const order = orderSchema.safeParse(orderOf(what, o));
      const [site, name, ...more] = edge.split('/');
      if (!name || more.length > 0) throw shell.usage(`found ${edge}; allowed: site/edge`);
      if (!order.success) {
        const [{ path, message }] = order.error.issues;
        throw shell.usage(`${path.map((p) => (p === 'what' ? what : `--${String(p)}`)).join(' ') || what}: ${message}`);
      }
      const origin = { site, edge: name };
      const answer = await tellEdge(addressOf(o, shell), tokenOf(o, shell), origin, order.data, o.by).catch(
        (error: Error) => {
          throw shell.failure(error.message);
        },
      );
      shell.say(`${answer.outcome}: ${answer.detail}`);
      if (answer.outcome === 'refused') throw shell.failure('the edge refused');
    });
}

function orderOf(what: string, { asset, point, model, stage }: TellArguments): object {
  if (what === 'reload') return { what };
  if (what === 'rollback') return { what, asset, ...(model === undefined ? {} : { id: model }) };
  if (what === 'model') return { what, asset, id: model, stage };
  return { what, asset, point };
}

function reaching(command: Command): Command {
  return command
    .option('--gateway <url>', 'the gateway', 'http://127.0.0.1:8080')
    .option('--token-file <file>', 'a file with the token that the gateway asks for');
}

function addressOf({ gateway }: Reach, shell: Shell): string {
  if (!URL.canParse(gateway)) throw shell.usage(`--gateway: found ${gateway}; allowed: http://host:port`);
  return gateway;
}

function tokenOf({ tokenFile }: Reach, shell: Shell): string | undefined {
  return tokenFile === undefined ? undefined : textOf(tokenFile, '--token-file', shell).trim();
}

function textOf(file: string, option: string, shell: Shell): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw shell.usage(`${option}: ${error instanceof Error ? error.message : error}`);
  }
}
