import { resolve } from 'node:path';
import type { Command } from 'commander';
import { wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { Target } from '#models/contracts/rollout.ts';
import { addGatewayOptions, addressOf, type Reach, textOf, tokenOf } from '../reach.ts';

interface PackArguments {
  name: string;
  release: string;
  out: string;
  key?: string;
  data?: string;
}

/** `millwright model`: packages, the gateway's registry, and roll-outs. */
export function addModelCommands(program: Command, shell: Shell): void {
  const model = program.command('model').description('model packages and roll-outs');
  model
    .command('pack')
    .description('packs a trained model into one file, for a gateway or a USB stick')
    .argument('<dir>', 'output directory of train')
    .requiredOption('--name <name>', 'name of the model')
    .requiredOption('--release <release>', 'release of this model; each change needs a new one')
    .requiredOption('--out <file>', 'the package')
    .option('--key <file>', 'private key from gateway keys, to sign it for edges without a gateway connection')
    .option('--data <file>', 'training table, whose hash is added to the package')
    .addHelpText('after', '\nExample:\n  millwright model pack model --name pump --release 1 --out pump-1.model')
    .action(async (dir: string, o: PackArguments) => {
      const { packDirectory } = await import('./packDirectory.ts');
      const id = await orFailure(shell, () =>
        packDirectory(dir, { ...o, version: shell.version, commandFile: shell.commandFile }),
      );
      shell.info(`${o.out}: ${id}${o.key === undefined ? ', not signed' : ', signed'}`);
    });
  model
    .command('shipped')
    .description('prints the cards of the shipped models: defaults that need no training data, and a worked example')
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
    .description('shows a package: its card, its files, and whether it is signed')
    .argument('<file>', 'a package')
    .option('--key <file>', 'public key to verify the signature with')
    .addHelpText('after', '\nExample:\n  millwright model show pump-1.model --key command.pub')
    .action(async (file: string, { key }: { key?: string }) => {
      const { showPackage } = await import('./packDirectory.ts');
      const shown = await orFailure(shell, () => showPackage(file, key));
      shell.write(JSON.stringify(shown, null, 2));
      if (shown.signedByKey === false) throw shell.failure(`${file} is not signed by the key`);
    });
  addGatewayOptions(model.command('add'))
    .description('adds a package to the registry of a running gateway; prints its id')
    .argument('<file>', 'a package')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model add pump-1.model')
    .action(async (file: string, o: Reach & { by: string }) => {
      const text = textOf(file, 'a package', shell);
      const { id } = (await requested(shell, o, '/api/v1/models', { by: o.by, package: text })) as { id: string };
      shell.write(id);
    });
  addGatewayOptions(model.command('propose'))
    .description(
      "trains a model on a machine's latest days and compares it with the running one; it waits for approval",
    )
    .argument('<machine>', 'site/edge/asset')
    .option('--days <n>', 'of its history', wholeNumber, 14)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model propose plant/edge-1/pump-101')
    .action(async (place: string, o: Reach & { by: string; days: number }) => {
      const body = { by: o.by, days: o.days, ...targetOf(place, shell) };
      shell.write(JSON.stringify(await requested(shell, o, '/api/v1/models/propose', body)));
    });
  addGatewayOptions(model.command('approve'))
    .description('approves and signs a model of the registry, so that edges may fetch it')
    .argument('<id>', 'the package')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model approve 3f0c…')
    .action(async (id: string, o: Reach & { by: string }) => {
      await requested(shell, o, `/api/v1/models/${encodeURIComponent(id)}/approve`, { by: o.by });
      shell.info('approved');
    });
  addGatewayOptions(model.command('list'))
    .description('lists the models of the registry, their approvals, and where each runs; one line of JSON each')
    .addHelpText('after', '\nExample:\n  millwright model list')
    .action(async (o: Reach) => {
      for (const one of (await requested(shell, o, '/api/v1/models')) as object[]) shell.write(JSON.stringify(one));
    });
  addGatewayOptions(model.command('rollout'))
    .description(
      'rolls a model out to machines: in shadow, then live on canaries, then on all; rolled back automatically if it is worse',
    )
    .argument('<id>', 'an approved package')
    .argument('<machines...>', 'site/edge/asset; the first ones are canaries')
    .option('--rows <n>', 'rows to assess on each machine per stage', wholeNumber, 360)
    .option('--canaries <n>', 'number of canaries; by default one machine in ten', wholeNumber)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model rollout 3f0c… plant/edge-1/pump-101 plant/edge-2/pump-102')
    .action(async (id: string, machines: string[], o: Reach & { by: string; rows: number; canaries?: number }) => {
      const targets = machines.map((place) => targetOf(place, shell));
      const { by, rows, canaries } = o;
      const body = { by, model: id, targets, rows, ...(canaries === undefined ? {} : { canaries }) };
      shell.write(JSON.stringify(await requested(shell, o, '/api/v1/rollouts', body)));
    });
  addGatewayOptions(model.command('rollouts'))
    .description('lists roll-outs, newest first; one line of JSON each')
    .addHelpText('after', '\nExample:\n  millwright model rollouts')
    .action(async (o: Reach) => {
      for (const one of (await requested(shell, o, '/api/v1/rollouts')) as object[]) shell.write(JSON.stringify(one));
    });
  addGatewayOptions(model.command('back'))
    .description('rolls an active roll-out back on all its machines')
    .argument('<rollout>', 'number of the roll-out', wholeNumber)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model back 3')
    .action(async (id: number, o: Reach & { by: string }) => {
      await requested(shell, o, `/api/v1/rollouts/${id}/back`, { by: o.by });
      shell.info('on its way back');
    });
}

async function requested(shell: Shell, o: Reach, path: string, body?: object): Promise<unknown> {
  const { requestGateway } = await import('../requestGateway.ts');
  return orFailure(shell, () => requestGateway(addressOf(o, shell), tokenOf(o, shell), path, body));
}

async function orFailure<T>(shell: Shell, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw shell.failure(error instanceof Error ? error.message : String(error));
  }
}

function targetOf(place: string, shell: Shell): Target {
  const [site, edge, asset, ...more] = place.split('/');
  if (!asset || more.length > 0) throw shell.usage(`found ${place}; allowed: site/edge/asset`);
  return { site, edge, asset };
}
