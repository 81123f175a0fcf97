import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { OpcuaPlant } from '#simulators/devices/opcuaServer.ts';
import { scenario } from '#simulators/endToEnd/demoScenario.ts';
import { FULL_SIZE } from '#simulators/endToEnd/fullSize.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, runMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { CertificateError, listCertificates } from '../../certificates/certificateStore.ts';
import type { BrowsedVariable } from './browse.ts';

const skip = !installed('mosquitto');
const directory = mkdtempSync(join(tmpdir(), 'millwright-opcua-secured-'));
const machine = new SimulatedMachine(scenario.machines[0], scenario.seed);
let port: number;
let plant: OpcuaPlant;
let broker: Broker;
let ticking: NodeJS.Timeout;

beforeAll(async () => {
  if (skip) return;
  port = await freePort();
  broker = await startMosquitto(directory);
  plant = new OpcuaPlant([machine], scenario, port, directory);
  await plant.start();
  let timeS = 0;
  ticking = setInterval(() => plant.update(timeS++, Date.now()), 250);
});
afterAll(async () => {
  clearInterval(ticking);
  await broker?.process.end('SIGKILL');
  await plant?.stop();
});

/** The edge may be writing one at this moment: then there is none yet. */
function rejected(pki: string) {
  try {
    return listCertificates(pki, Date.now()).filter((c) => c.place === 'rejected');
  } catch (error) {
    if (error instanceof CertificateError) return [];
    throw error;
  }
}

// One policy in every run, all before a release: keys of 2,048 bits take seconds each.
const POLICIES = ['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'];

test.skipIf(skip).each(FULL_SIZE ? POLICIES : POLICIES.slice(0, 1))(
  'signed and encrypted by %s, once the server is trusted',
  async (securityPolicy) => {
    const folder = join(directory, securityPolicy);
    mkdirSync(folder);
    const name = machine.config.name;
    const nodes = [{ nodeId: `ns=1;s=${name}.temperature`, asset: name, point: 'temperature', samplingIntervalMs: 50 }];
    const security = { securityMode: 'SignAndEncrypt', securityPolicy };
    const sources = [{ type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, ...security, nodes }];
    const edge = await Edge.start(folder, broker.url, { sources, slowIntervalS: 1 }, 503);
    try {
      const own = join(folder, 'edge/pki');
      await until(() => rejected(own).length > 0, 30_000);
      const [{ thumbprint }] = rejected(own);
      await runMillwright(folder, 'trust', ['edge', 'certificates', 'trust', join(folder, 'edge.yaml'), thumbprint]);
      const delivered = async () => (await edge.metrics()).get('millwright_edge_messages_delivered_total') ?? 0;
      await until(async () => (await delivered()) > 5, 30_000);
      const certificates = listCertificates(own, Date.now());
      expect(certificates.map((c) => c.place)).toEqual(['own', 'trusted']);
      expect(certificates[0].subject).toMatch(/O=Millwright/);
    } finally {
      await edge.process.end('SIGTERM');
    }
  },
);

test.skipIf(skip)('users by password or certificate; others are refused', async () => {
  const files = makeUserCertificate(directory);
  const guarded = new OpcuaPlant([machine], scenario, await freePort(), join(directory, 'guarded'), {
    users: { edge: 'secret' },
    anonymous: false,
  });
  await guarded.start();
  const name = machine.config.name;
  const nodes = [{ nodeId: `ns=1;s=${name}.temperature`, asset: name, point: 'temperature' }];
  const base = {
    type: 'opcua',
    endpoint: `opc.tcp://127.0.0.1:${guarded.port}`,
    securityMode: 'SignAndEncrypt',
    securityPolicy: 'Basic256Sha256',
    nodes,
  };
  const passwordFile = join(directory, 'password');
  const wrongFile = join(directory, 'wrong');
  writeFileSync(passwordFile, 'secret\n');
  writeFileSync(wrongFile, 'guess\n');
  const browsed = async (label: string, who: object) => {
    const file = join(directory, `${label}.yaml`);
    const config = { site: 's', edge: 'e', dataDirectory: join(directory, 'browsing'), sources: [{ ...base, ...who }] };
    writeFileSync(file, stringify({ ...config, uplink: { url: broker.url } }));
    const [{ file: certificate }] = listCertificates(join(directory, 'guarded/pki'), Date.now());
    await runMillwright(directory, label, ['edge', 'certificates', 'trust', file, certificate]);
    return runMillwright(directory, label, ['edge', 'browse', file, '--json']);
  };
  try {
    const byPassword = JSON.parse(await browsed('password', { username: 'edge', passwordFile })) as BrowsedVariable[];
    expect(byPassword.find((v) => v.path.endsWith(`${name}/Monitoring/temperature`))).toMatchObject({
      nodeId: `ns=1;s=${name}.temperature`,
      dataType: 'Double',
      unit: '°C',
      status: 'Good',
    });
    expect(byPassword.find((v) => v.path.endsWith('Monitoring/2H'))).toMatchObject({ length: 4096, unit: 'gn' });
    expect(byPassword.find((v) => v.path.endsWith('MachineryItemState/CurrentState'))?.value).toBe(3);
    const byCertificate = await browsed('certificate', { userCertificateFile: files.cert, userKeyFile: files.key });
    expect(JSON.parse(byCertificate)).toHaveLength(byPassword.length);
    await expect(browsed('nobody', {})).rejects.toThrow(/ANONYMOUS|Bad(IdentityToken|User)/);
    await expect(browsed('guesser', { username: 'edge', passwordFile: wrongFile })).rejects.toThrow(
      /Bad(User|Identity)/,
    );
  } finally {
    await guarded.stop();
  }
});

/** A user's certificate, in RSA as the policies require. */
function makeUserCertificate(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'user.crt'), join(folder, 'user.key')];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-subj',
    '/CN=operator',
    '-days',
    '2',
  ];
  // The OPC UA library sets OPENSSL_CONF in this process to a missing file.
  execFileSync('openssl', args, { stdio: 'pipe', env: { PATH: process.env.PATH } });
  return { cert, key };
}
