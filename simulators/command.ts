import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { positive, time, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { addBench } from './bench/benchCommand.ts';
import type { Scenario } from './scenario.ts';

/** `millwright demo`, `simulate`, `replay` and `bench`. Modules are loaded on demand. */
export function addSimulatorCommands(program: Command, shell: Shell): void {
  addDemo(program, shell);
  addSimulate(program, shell);
  addPeer(program, shell);
  addSimulateSupply(program, shell);
  addReplay(program, shell);
  addBench(program, shell);
}

function addDemo(program: Command, shell: Shell): void {
  program
    .command('demo')
    .description('runs a simulated plant, an edge agent, a gateway and its page, without other software')
    .option('--data <dir>', 'data directory', '.millwright/demo')
    .option('--port <port>', 'port of the page', wholeNumber, 8080)
    .addHelpText('after', '\nExample:\n  millwright demo --data /var/tmp/demo')
    .action(async ({ data, port }: { data: string; port: number }) => {
      const { demo } = await import('./demo.ts');
      const { scenarioSchema } = await import('./scenario.ts');
      const scenarioFile = packageFile(shell, 'simulators/scenarios/demo.yaml');
      const scenario = await shell.load(scenarioFile, scenarioSchema, '');
      const command = shell.commandFile;
      const dataDirectory = resolve(data);
      await demo({
        command,
        dataDirectory,
        scenario,
        scenarioFile,
        apiPort: port,
        info: shell.info,
        signal: shell.stopSignal(),
      });
    });
}

interface SimulateArguments {
  mqtt: string;
  username?: string;
  speed: number;
  begin?: number;
  duration?: number;
  opcua?: number;
  opcuaData?: string;
  score?: boolean;
  peer: string[];
  json?: boolean;
  keep?: string;
}

function addSimulate(program: Command, shell: Shell): void {
  program
    .command('simulate')
    .description('runs the devices of a simulated plant, with the troubles of its scenario')
    .argument('<scenario>', 'a scenario file (YAML), or the name of a shipped one')
    .option('--mqtt <url>', 'the broker', 'mqtt://127.0.0.1:1883')
    .option('--username <name>', 'for the broker; the password comes from MILLWRIGHT_MQTT_PASSWORD')
    .option('--speed <times>', 'times real time', positive, 1)
    .option('--begin <time>', "the plant's beginning (ISO 8601); it goes on from there to now", time)
    .option('--duration <seconds>', "ends after so many of the plant's seconds", positive)
    .option('--opcua <port>', 'also serves it over OPC UA on this port of loopback', wholeNumber)
    .option('--opcua-data <dir>', 'where the certificates of that server are kept')
    .option('--score', 'runs broker, gateway and edge against it, and prints what they found, missed and lost')
    .option(
      '--peer <peer>',
      'with --score, again for each: another product on the same data: iso-limits, rms-sigma, or NAME=COMMAND',
      (peer, before: string[]) => [...before, peer],
      [],
    )
    .option('--json', 'with --score: one object on stdout')
    .option('--keep <dir>', "with --score: keeps the services' files and logs here")
    .addHelpText(
      'after',
      '\nExample:\n  millwright simulate simulators/scenarios/demo.yaml --mqtt mqtt://127.0.0.1:1883\n  millwright simulate lossy-devices --score\n  millwright simulate faults --score --peer iso-limits --peer rms-sigma',
    )
    .action(async (name: string, o: SimulateArguments) => {
      const { scenarioSchema } = await import('./scenario.ts');
      const scenario = await shell.load(scenarioFile(shell, name), scenarioSchema, 'MILLWRIGHT_SCENARIO');
      if (o.peer.length > 0 && !o.score) throw shell.usage('--peer is compared by a score: use --score');
      await (o.score ? score(shell, scenario, o) : run(shell, scenario, o));
    });
}

function addPeer(program: Command, shell: Shell): void {
  program
    .command('peer')
    .description('a simple product to compare with: listens to the devices of a plant, reports by one fixed rule')
    .argument('<rule>', 'iso-limits or rms-sigma')
    .option('--mqtt <url>', 'the broker', 'mqtt://127.0.0.1:1883')
    .requiredOption('--plant <file>', 'its machines, as a score describes them to its peers')
    .addHelpText('after', '\nExample:\n  millwright peer iso-limits --mqtt mqtt://127.0.0.1:1883 --plant plant.json')
    .action(async (rule: string, { mqtt, plant }: { mqtt: string; plant: string }) => {
      const { PEER_RULES } = await import('./peers/peerRule.ts');
      const { peerPlantSchema } = await import('./peers/peerMessage.ts');
      const { runPeer } = await import('./peers/runPeer.ts');
      const known = PEER_RULES.find((name) => name === rule);
      if (!known) throw shell.usage(`no rule ${rule}: ${PEER_RULES.join(' or ')}`);
      const { assets } = await shell.load(plant, peerPlantSchema, 'MILLWRIGHT_PEER');
      await runPeer({ rule: known, name: known, url: mqtt, assets, signal: shell.stopSignal() });
    });
}

function addSimulateSupply(program: Command, shell: Shell): void {
  program
    .command('simulate-supply')
    .description("writes the tables of a simulated supply chain, in the format of a gateway's folder")
    .requiredOption('--out <dir>', 'output directory')
    .option('--seed <n>', 'the same seed gives the same records', wholeNumber, 1)
    .option('--months <n>', 'of history', wholeNumber, 48)
    .option('--today <date>', 'last day of the records; by default today', time, Date.now())
    .option('--machines <names>', 'machines monitored by an edge, separated by commas', (list) => list.split(','), [])
    .option('--unwatched <n>', 'further machines that use bearings', wholeNumber, 12)
    .addHelpText('after', '\nExample:\n  millwright simulate-supply --out ./supply --seed 7')
    .action(
      async (o: {
        out: string;
        seed: number;
        months: number;
        today: number;
        machines: string[];
        unwatched: number;
      }) => {
        const { writeSupply } = await import('./supply/writeSupply.ts');
        const { out, seed, months, machines, unwatched } = o;
        const today = new Date(o.today).toISOString().slice(0, 10);
        const options = { seed, today, months, watchedMachines: machines, unwatchedMachines: unwatched };
        for (const line of writeSupply(out, options)) shell.info(line);
      },
    );
}

function scenarioFile(shell: Shell, name: string): string {
  const shipped = packageFile(shell, `simulators/scenarios/${name}.yaml`);
  return /^[a-z0-9-]+$/.test(name) && existsSync(shipped) ? shipped : name;
}

async function run(shell: Shell, scenario: Scenario, o: SimulateArguments): Promise<void> {
  const { simulate } = await import('./simulate.ts');
  // Future times are refused: a plant that runs faster than the clock begins in the past.
  const headStartMs = o.speed > 1 ? (o.duration === undefined ? 86_400_000 : o.duration * 1000) : 0;
  const beginMs = o.begin ?? Date.now() - headStartMs;
  // A faster plant begins where configured; a real-time plant is as old as it is.
  const fromS = o.speed === 1 ? Math.max(0, Math.round((Date.now() - beginMs) / 1000)) : 0;
  const { sent } = await simulate(scenario, {
    url: o.mqtt,
    username: o.username,
    password: process.env.MILLWRIGHT_MQTT_PASSWORD,
    speed: o.speed,
    beginMs,
    fromS,
    durationS: o.duration,
    opcuaPort: o.opcua,
    opcuaDirectory: o.opcuaData,
    signal: shell.stopSignal(),
    log: await logger('plant'),
  });
  shell.info(`${sent} messages sent`);
}

async function score(shell: Shell, scenario: Scenario, o: SimulateArguments): Promise<void> {
  const { json, keep } = o;
  const { scoreScenario } = await import('./score/scoreScenario.ts');
  const { peersOf } = await import('./score/peers.ts');
  const peers = peersOf(o.peer, scenario);
  if (typeof peers === 'string') throw shell.usage(peers);
  const { exceeded, scoreLines } = await import('./score/judge.ts');
  const directory = keep ?? mkdtempSync(join(tmpdir(), 'millwright-score-'));
  const scored = await scoreScenario(scenario, {
    command: shell.commandFile,
    directory,
    peers,
    info: shell.info,
    signal: shell.stopSignal(),
    log: await logger('plant'),
  }).catch((error: Error) => {
    if (keep === undefined) rmSync(directory, { recursive: true, force: true });
    throw shell.failure(error.message);
  });
  if (keep === undefined) rmSync(directory, { recursive: true, force: true });
  if (json) shell.write(JSON.stringify(scored));
  else for (const line of scoreLines(scored)) shell.write(line);
  const beyond = exceeded(scored, scenario.score.limits);
  if (beyond.length > 0) throw shell.failure(beyond.join(', '));
}

function addReplay(program: Command, shell: Shell): void {
  program
    .command('replay')

    .description('replays recordings of real machines as live data')
    .argument('<folder>', 'a folder with a manifest.json')
    .requiredOption('--recording <names...>', 'one or more of its recordings')
    .option('--mqtt <url>', 'the broker', 'mqtt://127.0.0.1:1883')
    .option('--username <name>', 'for the broker; the password comes from MILLWRIGHT_MQTT_PASSWORD')
    .option('--speed <times>', 'times real time', positive, 1)
    .option('--start <time>', 'time of the first sample (ISO 8601); by default the longest recording ends now', time)
    .addHelpText(
      'after',
      '\nExample:\n  millwright replay ./recordings --recording Bearing1_1 --speed 500 --mqtt mqtt://127.0.0.1:1883',
    )
    .action(
      async (
        folder: string,
        o: { recording: string[]; mqtt: string; username?: string; speed: number; start?: number },
      ) => {
        const { replay } = await import('./replay.ts');
        const { RecordingError } = await import('./recordings.ts');
        const { sent, resent } = await replay({
          folder,
          recordings: o.recording,
          url: o.mqtt,
          username: o.username,
          password: process.env.MILLWRIGHT_MQTT_PASSWORD,
          speed: o.speed,
          startMs: o.start,
          signal: shell.stopSignal(),
          progress: showProgress,
          log: await logger('replay'),
        }).catch((error) => {
          throw error instanceof RecordingError ? shell.usage(error.message) : error;
        });
        shell.info(`\n${sent} frames sent, ${resent} of them resent after a lost connection`);
      },
    );
}

/** A file of this package, one folder above the built command. */
function packageFile(shell: Shell, path: string): string {
  return resolve(shell.commandFile, '../..', path);
}

async function logger(name: string) {
  const { pino } = await import('pino');
  return pino({ name }, pino.destination(2));
}

function showProgress(done: number, text: string): void {
  const percent = `${Math.round(done * 100)} %`.padStart(5);
  process.stderr.write(process.stderr.isTTY ? `\r${percent}  ${text}   ` : `${percent}  ${text}\n`);
}
