import { resolve } from 'node:path';
import type { Command } from 'commander';
import { wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { Target } from '#models/contracts/rollout.ts';
import { addressOf, type Reach, reaching, textOf, tokenOf } from '../reach.ts';

interface PackArguments {
  name: string;
  release: string;
  out: string;
  key?: string;
  data?: string;
}

/** `millwright model`: packages, the gateway's registry of them, and their ways to machines. */
export function addModelCommands(program: Command, shell: Shell): void {
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
      const { packDirectory } = await import('./packDirectory.ts');
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
      const { showPackage } = await import('./packDirectory.ts');
      const shown = await orFailure(shell, () => showPackage(file, key));
      shell.write(JSON.stringify(shown, null, 2));
      if (shown.signedByKey === false) throw shell.failure(`${file} is not signed by the key`);
    });
  reaching(model.command('add'))
    .description('gives a package to the registry of a running gateway; prints its id')
    .argument('<file>', 'a package')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model add pump-1.model')
    .action(async (file: string, o: Reach & { by: string }) => {
      const text = textOf(file, 'a package', shell);
      const { id } = (await requested(shell, o, '/api/v1/models', { by: o.by, package: text })) as { id: string };
      shell.write(id);
    });
  reaching(model.command('propose'))
    .description(
      'trains a model on the newest days of a machine and compares it with the running one; it waits for approval',
    )
    .argument('<machine>', 'site/edge/asset')
    .option('--days <n>', 'of its history', wholeNumber, 14)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model propose plant/edge-1/pump-101')
    .action(async (place: string, o: Reach & { by: string; days: number }) => {
      const body = { by: o.by, days: o.days, ...targetOf(place, shell) };
      shell.write(JSON.stringify(await requested(shell, o, '/api/v1/models/propose', body)));
    });
  reaching(model.command('approve'))
    .description('signs a model of the registry: from then on edges may have it')
    .argument('<id>', 'the package')
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model approve 3f0c…')
    .action(async (id: string, o: Reach & { by: string }) => {
      await requested(shell, o, `/api/v1/models/${encodeURIComponent(id)}/approve`, { by: o.by });
      shell.say('approved');
    });
  reaching(model.command('list'))
    .description('the models of the registry, who approved them, and where each runs; a line of JSON each')
    .addHelpText('after', '\nExample:\n  millwright model list')
    .action(async (o: Reach) => {
      for (const one of (await requested(shell, o, '/api/v1/models')) as object[]) shell.write(JSON.stringify(one));
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
      const targets = machines.map((place) => targetOf(place, shell));
      const { by, rows, canaries } = o;
      const body = { by, model: id, targets, rows, ...(canaries === undefined ? {} : { canaries }) };
      shell.write(JSON.stringify(await requested(shell, o, '/api/v1/rollouts', body)));
    });
  reaching(model.command('rollouts'))
    .description('the ways of models, the newest first; a line of JSON each')
    .addHelpText('after', '\nExample:\n  millwright model rollouts')
    .action(async (o: Reach) => {
      for (const one of (await requested(shell, o, '/api/v1/rollouts')) as object[]) shell.write(JSON.stringify(one));
    });
  reaching(model.command('back'))
    .description('takes a model back from all machines of a roll-out that goes on')
    .argument('<rollout>', 'its number', wholeNumber)
    .option('--by <who>', 'for the audit', process.env.USER ?? 'command line')
    .addHelpText('after', '\nExample:\n  millwright model back 3')
    .action(async (id: number, o: Reach & { by: string }) => {
      await requested(shell, o, `/api/v1/rollouts/${id}/back`, { by: o.by });
      shell.say('on its way back');
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
