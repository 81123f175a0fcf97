import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { DataType, OPCUACertificateManager, OPCUAServer, type UAVariable } from 'node-opcua';

/** Load of a worker of this file: number of variables, and how often each changes, on a signed and encrypted server. */
export interface OpcuaLoad {
  port: number;
  nodes: number;
  changesPerS: number;
  /** Folder of its certificates, and of those that a client trusts. */
  directory: string;
  trustIn: string;
}

const TICK_MS = 10;

async function serve({ port, nodes, changesPerS, directory, trustIn }: OpcuaLoad): Promise<void> {
  const server = new OPCUAServer({
    port,
    host: '127.0.0.1',
    serverCapabilities: {
      minSupportedSampleRate: 0,
      maxMonitoredItemsPerSubscription: nodes,
      maxMonitoredItemsQueueSize: 1000,
    },
    serverCertificateManager: new OPCUACertificateManager({
      rootFolder: join(directory, 'pki'),
      automaticallyAcceptUnknownCertificate: true,
    }),
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  if (!space) throw new Error('the server has no address space');
  const namespace = space.getOwnNamespace();
  const folder = namespace.addFolder(space.rootFolder.objects, { browseName: 'Load' });
  const variables: UAVariable[] = Array.from({ length: nodes }, (_, i) =>
    namespace.addVariable({ organizedBy: folder, browseName: `v${i}`, nodeId: `s=v${i}`, dataType: DataType.Double }),
  );
  await server.start();
  mkdirSync(trustIn, { recursive: true });
  copyFileSync(join(directory, 'pki/own/certs/certificate.pem'), join(trustIn, 'server.pem'));
  let made = 0;
  const beganMs = performance.now();
  setInterval(() => {
    const due = ((performance.now() - beganMs) / 1000) * nodes * changesPerS;
    for (; made < due; made++) {
      const value = 20 + Math.sin(made / 1000);
      variables[made % nodes].setValueFromSource({ dataType: DataType.Double, value });
    }
  }, TICK_MS);
  parentPort?.postMessage('ready');
}

void serve(workerData as OpcuaLoad);
