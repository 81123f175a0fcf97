import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { fileOf, seconds, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { withoutPassword } from '#models/configuration/withoutPassword.ts';
import type { CommandOutcome } from '#models/contracts/command.ts';
import type { StoredCertificate } from './certificates/certificateStore.ts';
import type { EdgeConfig } from './config.ts';
import type { BrowsedVariable } from './sources/opcua/browse.ts';
import type { MqttSourceConfig } from './sources/sourceConfig.ts';

const PREFIX = 'MILLWRIGHT_EDGE';

/** `millwright edge` and its subcommands. Modules are loaded on demand. */
export function addEdgeCommands(program: Command, shell: Shell): void {
  const edge = program.command('edge');
  edge
    .description('runs an edge agent')
    .argument(
      '<file>',
      'its configuration (YAML); MILLWRIGHT_EDGE__A__B overrides the setting a.b',
      fileOf(edge, existsSync),
    )
    .addHelpText('after', '\nExample:\n  millwright edge edge/edge.example.yaml')
    .action(async (file: string) => {
      await shell.runUntilStopped(await startReloadable(shell, file));
    });
  addBrowse(edge, shell);
  addListen(edge, shell);
  addMap(edge, shell);
  addSetup(edge, shell);
  addEnrol(edge, shell);
  addCertificates(edge, shell);
}

/** An edge that can reload its configuration: if the file is valid, it stops and restarts with it. */
async function startReloadable(shell: Shell, file: string): Promise<{ stop(): Promise<void> }> {
  const { startEdge } = await import('./main.ts');
  let changing: Promise<void> = Promise.resolve();
  let stopped = false;
  const startWith = async (config: EdgeConfig, lastCommand?: CommandOutcome) => ({
    config,
    edge: await startEdge(config, shell.version, { reload, lastCommand }),
  });
  async function reload(lastCommand: CommandOutcome): Promise<string> {
    const config = await loadToRun(shell, file);
    // After the reply to the caller.
    setImmediate(() => {
      changing = changing.then(async () => {
        if (stopped) return;
        const before = running;
        await before.edge.stop();
        running = await startWith(config, lastCommand).catch((error: Error) => {
          // A file may be missing or a port in use: fall back to the old settings.
          shell.info(`the edge could not start with the new file: ${error.message}`);
          const detail = `it could not start with the new file, and continues with the old one: ${error.message}`;
          return startWith(before.config, { ...lastCommand, outcome: 'refused', detail });
        });
      });
    });
    return 'the file is valid: restarting with it';
  }
  let running = await startWith(await loadToRun(shell, file));
  return {
    async stop() {
      stopped = true;
      await changing;
      await running.edge.stop();
    },
  };
}

async function load(shell: Shell, file: string): Promise<EdgeConfig> {
  const { edgeConfigSchema } = await import('./config.ts');
  return shell.load(file, edgeConfigSchema, PREFIX);
}

async function loadToRun(shell: Shell, file: string): Promise<EdgeConfig> {
  const { edgeConfigSchema } = await import('./config.ts');
  return shell.loadToRun(file, edgeConfigSchema, PREFIX);
}

function addBrowse(edge: Command, shell: Shell): void {
  edge
    .command('browse')
    .description('lists the variables of an OPC UA server, through its source in the configuration')
    .argument('<file>', "the edge's configuration (YAML)")
    .option('--source <n>', 'index of the source, from 0; by default the first OPC UA source', wholeNumber)
    .option('--node <id>', 'only variables below this node', 'ns=0;i=85')
    .option('--limit <n>', 'maximum number of variables', wholeNumber, 100_000)
    .option('--selected', 'only what the configuration takes, with the point that each variable becomes')
    .option('--json', 'one list on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  millwright edge browse edge.yaml --node "ns=2;s=Line1"\n  millwright edge browse edge.yaml --selected',
    )
    .action(async (file: string, o: BrowseOptions) => {
      const config = await load(shell, file);
      const source = config.sources.filter((s, i) => (o.source === undefined ? s.type === 'opcua' : i === o.source))[0];
      if (source?.type !== 'opcua') throw shell.usage(`${file}: there is no such source of type opcua`);
      const { browse, browseTaken } = await import('./sources/opcua/browse.ts');
      const failed = (error: Error) => {
        throw shell.failure(`${source.endpoint}: ${error.message}`);
      };
      if (o.selected) {
        const { variables, faults } = await browseTaken(source, config.dataDirectory).catch(failed);
        for (const { asset, point, reason, detail } of faults) shell.info(`${asset}/${point}: ${reason}: ${detail}`);
        if (o.json) shell.write(JSON.stringify(variables));
        else for (const one of variables) shell.write(`${one.asset}/${one.point}\t${shownVariable(one)}`);
        if (faults.length > 0) throw shell.failure(`${source.endpoint}: ${faults.length} faults`);
        return;
      }
      const variables = await browse(source, config.dataDirectory, o.node, o.limit).catch(failed);
      if (variables.length === 0) throw shell.failure(`${source.endpoint}: no variables below ${o.node}`);
      if (o.json) shell.write(JSON.stringify(variables));
      else for (const one of variables) shell.write(shownVariable(one));
    });
}

interface BrowseOptions {
  source?: number;
  node: string;
  limit: number;
  selected?: boolean;
  json?: boolean;
}

/** Columns: node id, type, path, value or status. */
function shownVariable({ path, nodeId, dataType, length, unit, value, status }: BrowsedVariable): string {
  const type = length === null ? dataType : `${dataType}[${length}]`;
  const shown = status === 'Good' ? `${value ?? ''} ${unit ?? ''}`.trim() : status;
  return `${nodeId}\t${type}\t${path}\t${shown}`;
}

function addListen(edge: Command, shell: Shell): void {
  edge
    .command('listen')
    .description(
      'shows how an MQTT source decodes each message, or why it is rejected and which setting would accept it',
    )
    .argument('<file>', "the edge's configuration (YAML)")
    .option('--for <time>', 'duration, such as 30s or 5m', seconds, 30)
    .option('--source <n>', 'index of the source, from 0; by default the first MQTT source', wholeNumber)
    .option('--all', 'includes topics without a subscription')
    .addHelpText('after', '\nExample:\n  millwright edge listen edge.yaml --for 1m')
    .action(async (file: string, o: { for: number; source?: number; all?: boolean }) => {
      const source = mqttSourceOf(shell, file, await load(shell, file), o.source);
      const { collectMessages, Listening } = await import('./sources/listen.ts');
      const { openProtobufs } = await import('./sources/protobufReaders.ts');
      await openProtobufs(source.subscriptions);
      const listening = new Listening(source);
      shell.info(`${withoutPassword(source.url)}: listening for ${o.for} s`);
      const filters = o.all ? ['#'] : listening.filters;
      await collectMessages(source, filters, 1000 * o.for, shell.stopSignal(), (message) => {
        for (const line of listening.take(message, Date.now())) shell.write(line);
      }).catch((error: Error) => {
        throw shell.failure(`${withoutPassword(source.url)}: ${error.message}`);
      });
      const { lines, ok } = listening.summary();
      shell.write('');
      for (const line of lines) shell.write(line);
      const remedy = o.all ? '' : ': its topic may differ (see --all), or its devices send less often than --for';
      if (!ok) throw shell.failure(`a subscription accepted nothing${remedy}`);
    });
}

function addMap(edge: Command, shell: Shell): void {
  edge
    .command('map')
    .description('proposes subscriptions for the messages of a broker, with the resulting values')
    .argument(
      '<broker>',
      "an address such as mqtt://host:1883, or an edge's configuration (YAML), whose MQTT source is used",
    )
    .option('--topic <filter>', 'only topics matching this filter', '#')
    .option('--for <time>', 'how long to listen, such as 30s or 5m', seconds, 60)
    .option('--source <n>', 'index of the source, from 0; by default the first MQTT source', wholeNumber)
    .addHelpText('after', '\nExample:\n  millwright edge map mqtt://localhost:1883 --topic "plant/#" --for 1m')
    .action(async (broker: string, o: { topic: string; for: number; source?: number }) => {
      const { brokerOf, collectMessages } = await import('./sources/listen.ts');
      const { mappingLines, Samples } = await import('./sources/mappingText.ts');
      const isUrl = /^[a-z]+:\/\//.test(broker);
      if (!isUrl && !existsSync(broker))
        throw shell.usage(`${broker}: neither a file nor an address such as mqtt://host:1883`);
      const source = isUrl ? brokerOf(broker) : mqttSourceOf(shell, broker, await load(shell, broker), o.source);
      if (source === null) throw shell.usage(`${broker}: an address such as mqtt://host:1883 is needed`);
      const samples = new Samples();
      shell.info(`${withoutPassword(source.url)}: listening on ${o.topic} for ${o.for} s`);
      await collectMessages(source, [o.topic], 1000 * o.for, shell.stopSignal(), (message) =>
        samples.take(message),
      ).catch((error: Error) => {
        throw shell.failure(`${withoutPassword(source.url)}: ${error.message}`);
      });
      if (samples.size === 0)
        throw shell.failure(`${withoutPassword(source.url)}: no message on ${o.topic} in ${o.for} s`);
      for (const line of mappingLines(samples, Date.now())) shell.write(line);
    });
}

function addSetup(edge: Command, shell: Shell): void {
  edge
    .command('setup')
    .description(
      'a page on this computer that connects an edge: finds what brokers and OPC UA servers have, describes machines, writes the configuration and runs the edge with it',
    )
    .argument('<file>', "the edge's configuration (YAML); made where there is none")
    .option('--port <n>', 'of the page, on loopback', wholeNumber, 8090)
    .addHelpText('after', '\nExample:\n  millwright edge setup edge.yaml')
    .action(async (file: string, { port }: { port: number }) => {
      const { runSetup } = await import('./setup/runSetup.ts');
      await runSetup(file, port, shell, () => loadToRun(shell, file));
    });
}

function addEnrol(edge: Command, shell: Shell): void {
  edge
    .command('enrol')
    .description("obtains this edge's broker account, or a new password for it, with a one-time code of the gateway")
    .argument('<gateway>', 'address of the gateway, such as https://gateway:8443')
    .requiredOption('--code <code>', 'the one-time code')
    .requiredOption('--out <dir>', 'where the password, certificates and keys are stored')
    .addHelpText(
      'after',
      '\nExample:\n  millwright edge enrol https://gateway:8443 --code mwe_… --out /etc/millwright/uplink\n\nNODE_EXTRA_CA_CERTS names the certificate authority of a gateway that Node.js does not trust.',
    )
    .action(async (gateway: string, { code, out }: { code: string; out: string }) => {
      const { EnrolmentError, enrolEdge } = await import('./enrolEdge.ts');
      if (!URL.canParse(gateway)) throw shell.usage(`${gateway}: an address such as https://gateway:8443 is needed`);
      try {
        shell.write(await enrolEdge(gateway, code, out));
      } catch (error) {
        if (error instanceof EnrolmentError) throw shell.failure(error.message);
        throw error;
      }
      shell.info("these lines belong into the edge's configuration; a running edge reads a new password by itself");
    });
}

function mqttSourceOf(
  shell: Shell,
  file: string,
  { sources }: EdgeConfig,
  index: number | undefined,
): MqttSourceConfig {
  const source = index === undefined ? sources.find((s) => s.type === 'mqtt') : sources[index];
  if (source?.type !== 'mqtt') {
    const all = sources.map(({ type }, i) => `${i} (${type})`).join(', ');
    throw shell.usage(`${file}: no such source of type mqtt; its sources are ${all}`);
  }
  return source;
}

function addCertificates(edge: Command, shell: Shell): void {
  const certificates = edge.command('certificates').description("the OPC UA certificates in an edge's data folder");
  certificates
    .command('list')
    .description("lists the edge's own certificate and those of trusted and rejected servers, with their expiry")
    .argument('<file>', "the edge's configuration (YAML)")
    .option('--json', 'one list on stdout')
    .addHelpText('after', '\nExample:\n  millwright edge certificates list edge.yaml')
    .action((file: string, o: { json?: boolean }) =>
      onStore(shell, file, ({ listCertificates }, pki) => {
        const all = listCertificates(pki, Date.now());
        if (o.json) shell.write(JSON.stringify(all));
        else for (const certificate of all) shell.write(certificateLine(certificate));
      }),
    );
  certificates
    .command('trust')
    .description('trusts a server by its rejected certificate, or by a certificate file')
    .argument('<file>', "the edge's configuration (YAML)")
    .argument('<certificate>', 'thumbprint of a rejected certificate, or its beginning; or a file in PEM or DER')
    .addHelpText('after', '\nExample:\n  millwright edge certificates trust edge.yaml 07e123b6')
    .action((file: string, certificate: string) =>
      onStore(shell, file, ({ moveCertificate, trustFile }, pki) => {
        const trusted = /^[0-9a-fA-F]{1,40}$/.test(certificate)
          ? moveCertificate(pki, certificate, 'trusted', Date.now())
          : trustFile(pki, readFileSync(certificate), Date.now());
        shell.info(certificateLine(trusted));
      }),
    );
  certificates
    .command('reject')
    .description('stops trusting a server')
    .argument('<file>', "the edge's configuration (YAML)")
    .argument('<thumbprint>', 'thumbprint of the certificate, or its beginning')
    .addHelpText('after', '\nExample:\n  millwright edge certificates reject edge.yaml 07e123b6')
    .action((file: string, thumbprint: string) =>
      onStore(shell, file, ({ moveCertificate }, pki) =>
        shell.info(certificateLine(moveCertificate(pki, thumbprint, 'rejected', Date.now()))),
      ),
    );
  certificates
    .command('renew')
    .description(
      "sets the edge's own certificate aside; the edge creates a new one at its next start, which servers must trust",
    )
    .argument('<file>', "the edge's configuration (YAML)")
    .addHelpText('after', '\nExample:\n  millwright edge certificates renew edge.yaml')
    .action((file: string) =>
      onStore(shell, file, ({ renewOwn }, pki) =>
        shell.info(`set aside: ${certificateLine(renewOwn(pki, Date.now()))}`),
      ),
    );
}

/** Runs a command on an edge's certificate store and reports why it cannot. */
async function onStore(
  shell: Shell,
  file: string,
  run: (store: typeof import('./certificates/certificateStore.ts'), pki: string) => void,
): Promise<void> {
  const store = await import('./certificates/certificateStore.ts');
  const { dataDirectory } = await load(shell, file);
  try {
    run(store, join(dataDirectory, 'pki'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof store.CertificateError || code === 'ENOENT') throw shell.failure(message);
    throw error;
  }
}

function certificateLine({ place, thumbprint, subject, daysLeft }: StoredCertificate): string {
  return `${place.padEnd(8)}  ${thumbprint}  ${String(daysLeft).padStart(5)} days  ${subject}`;
}
