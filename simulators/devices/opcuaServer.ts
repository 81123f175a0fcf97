import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import {
  DataType,
  type EUInformation,
  makeApplicationUrn,
  makeEUInformation,
  type Namespace,
  OPCUACertificateManager,
  OPCUAServer,
  StatusCodes,
  type UAObject,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { setErrorLogger, setTraceLogger, setWarningLogger } from 'node-opcua-debug';
import type { DeviceMessage } from '../deviceMessage.ts';
import type { ProcessValue, SimulatedMachine } from '../machine.ts';
import type { Scenario } from '../scenario.ts';
import type { PlantDevices } from './plantDevices.ts';

// The library logs to stdout, which is reserved for results.
for (const set of [setErrorLogger, setTraceLogger, setWarningLogger])
  set((_where, ...words) => void process.stderr.write(`node-opcua: ${format(...words)}\n`));

export interface OpcuaPlantOptions {
  /** Names and passwords; a client without one of these, or a certificate, is admitted only if `anonymous` is set. */
  users?: Record<string, string>;
  /** By default everyone: the data are simulated. */
  anonymous?: boolean;
  /** Time stamp of the values before the first measurement; by default, now. */
  beginMs?: number;
}

const STATES = ['NotAvailable', 'OutOfService', 'NotExecuting', 'Executing'] as const;

/**
 * The simulated machines behind an OPC UA server, structured as in OPC 40001-1 (Machinery): under Objects/Machines one
 * object per machine with its Identification, its MachineryItemState and its Monitoring, where each sensor is a
 * variable with EngineeringUnits. Waveforms are arrays. Node ids: `ns=1;s=<machine>.<point>`. It listens on loopback
 * names, with every security policy and with none, trusts the certificate of every client, and of every user.
 */
export class OpcuaPlant implements PlantDevices {
  readonly port: number;
  readonly #directory: string;
  readonly #options: OpcuaPlantOptions;
  #server: OPCUAServer;
  #up = false;
  readonly #machines: readonly SimulatedMachine[];
  readonly #waveform: Scenario['waveform'];
  readonly #variables = new Map<string, UAVariable>();
  readonly #states = new Map<string, UAVariable>();

  constructor(
    machines: readonly SimulatedMachine[],
    scenario: Scenario,
    port: number,
    directory: string,
    options: OpcuaPlantOptions = {},
  ) {
    this.port = port;
    this.#machines = machines;
    this.#waveform = scenario.waveform;
    this.#directory = directory;
    this.#options = options;
    this.#server = this.#make();
  }

  #make(): OPCUAServer {
    const { users = {}, anonymous = true } = this.#options;
    const store = (name: string) =>
      new OPCUACertificateManager({
        rootFolder: join(this.#directory, name),
        // The data are simulated: anyone may read them.
        automaticallyAcceptUnknownCertificate: true,
      });
    return new OPCUAServer({
      port: this.port,
      host: '127.0.0.1',
      allowAnonymous: anonymous,
      // Without this samples are coalesced to 50 ms.
      serverCapabilities: { minSupportedSampleRate: 0 },
      serverCertificateManager: store('pki'),
      userCertificateManager: store('userPki'),
      userManager: {
        isValidUser: (name: string, password: string) => Object.hasOwn(users, name) && users[name] === password,
      },
    });
  }

  async start(): Promise<void> {
    await this.#server.initialize();
    const space = this.#server.engine.addressSpace;
    if (!space) throw new Error('the server has no address space');
    const namespace = space.getOwnNamespace();
    const machines = namespace.addFolder(space.rootFolder.objects, { browseName: 'Machines' });
    for (const machine of this.#machines) this.#addMachine(namespace, machines, machine);
    this.#up = true;
    this.update(0, this.#options.beginMs ?? Date.now());
    await this.#server.start();
  }

  /** Sets every variable to its sensor's value `timeS` after the plant's beginning. */
  update(timeS: number, stampMs: number): void {
    for (const machine of this.#machines) {
      for (const { point, value } of machine.processValues(timeS)) this.set(machine.config.name, point, value, stampMs);
      for (const sensor of machine.config.sensors) {
        const samples = machine.waveform(sensor, timeS, this.#waveform.sampleRateHz, this.#waveform.samples);
        this.set(machine.config.name, sensor, Float64Array.from(samples), stampMs);
      }
      const value = STATES.indexOf('Executing');
      this.#states.get(machine.config.name)?.setValueFromSource({ dataType: DataType.Int32, value });
    }
  }

  /** Waveforms are stamped at their end. */
  async send({ machine, point, stampMs, content }: DeviceMessage): Promise<void> {
    if (content.kind === 'value') this.set(machine, point, content.value, stampMs);
    if (content.kind !== 'waveform') return;
    const durationMs = (content.samples.length / this.#waveform.sampleRateHz) * 1000;
    this.set(machine, point, Float64Array.from(content.samples), stampMs + durationMs);
  }

  async flush(): Promise<void> {
    // A server keeps only the newest value; clients that monitor it have a queue there.
  }

  close(): Promise<void> {
    return this.stop();
  }

  async restart(downMs: number): Promise<void> {
    await this.stop();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.#server = this.#make();
    await this.start();
  }

  /** Sets one sensor's variable, with the device's time. */
  set(machine: string, point: string, value: number | Float64Array, stampMs: number): void {
    const variant =
      typeof value === 'number'
        ? new Variant({ dataType: DataType.Double, value })
        : new Variant({ dataType: DataType.Double, arrayType: VariantArrayType.Array, value });
    // Nothing holds a value while it is down.
    if (this.#up)
      this.#variables.get(`${machine}.${point}`)?.setValueFromSource(variant, StatusCodes.Good, new Date(stampMs));
  }

  /** Sets an expired certificate before the start; `null`: a valid one at the next start. */
  async useCertificate(expired: { daysAgo: number } | null): Promise<void> {
    const rootFolder = join(this.#directory, 'pki');
    const outputFile = join(rootFolder, 'own/certs/certificate.pem');
    rmSync(outputFile, { force: true });
    if (!expired) return;
    const manager = new OPCUACertificateManager({ rootFolder });
    await manager.initialize();
    await manager.createSelfSignedCertificate({
      applicationUri: makeApplicationUrn(hostname(), 'NodeOPCUA-Server'),
      dns: [hostname()],
      startDate: new Date(Date.now() - (expired.daysAgo + 30) * 86_400_000),
      validity: 30,
      subject: '/CN=expired',
      outputFile,
    });
    await manager.dispose();
  }

  /** Ends every client's subscriptions, like a server that has reached its limits. */
  endSubscriptions(): void {
    for (const session of this.#server.engine.getSessions()) {
      for (const subscription of session.publishEngine.subscriptions) {
        subscription.terminate();
      }
    }
  }

  async stop(): Promise<void> {
    this.#up = false;
    await this.#server.shutdown(100);
  }

  #addMachine(namespace: Namespace, folder: UAObject, machine: SimulatedMachine): void {
    const { name, kind } = machine.config;
    const object = namespace.addObject({ organizedBy: folder, browseName: name });
    const identification = namespace.addObject({ componentOf: object, browseName: 'Identification' });
    for (const [browseName, value] of [
      ['Manufacturer', 'Millwright'],
      ['Model', kind],
      ['ProductInstanceUri', `urn:millwright:simulated:${name}`],
      ['SerialNumber', name],
    ]) {
      const property = namespace.addVariable({ propertyOf: identification, browseName, dataType: DataType.String });
      property.setValueFromSource({ dataType: DataType.String, value });
    }
    const blocks = namespace.addObject({ componentOf: object, browseName: 'MachineryBuildingBlocks' });
    const state = namespace.addObject({ componentOf: blocks, browseName: 'MachineryItemState' });
    const current = namespace.addVariable({
      componentOf: state,
      browseName: 'CurrentState',
      nodeId: `s=${name}.MachineryItemState`,
      dataType: DataType.Int32,
    });
    this.#states.set(name, current);
    const monitoring = namespace.addObject({ componentOf: object, browseName: 'Monitoring' });
    for (const { point, unit } of machine.processValues(0))
      this.#addSensor(namespace, monitoring, name, point, unit, -1);
    for (const sensor of machine.config.sensors) this.#addSensor(namespace, monitoring, name, sensor, 'g', 1);
  }

  #addSensor(namespace: Namespace, parent: UAObject, machine: string, point: string, unit: Sensed, valueRank: number) {
    const variable = namespace.addAnalogDataItem({
      componentOf: parent,
      browseName: point,
      nodeId: `s=${machine}.${point}`,
      dataType: DataType.Double,
      valueRank,
      engineeringUnitsRange: { low: -10_000, high: 10_000 },
      engineeringUnits: UNITS[unit],
    });
    this.#variables.set(`${machine}.${point}`, variable);
  }
}

type Sensed = ProcessValue['unit'] | 'g';

/** Common codes of UNECE Recommendation 20. */
const UNITS: Record<Sensed, EUInformation> = {
  degC: makeEUInformation('CEL', '°C', 'degree Celsius'),
  A: makeEUInformation('AMP', 'A', 'ampere'),
  rpm: makeEUInformation('RPM', 'r/min', 'revolutions per minute'),
  bar: makeEUInformation('BAR', 'bar', 'bar'),
  'm3/h': makeEUInformation('MQH', 'm³/h', 'cubic metre per hour'),
  g: makeEUInformation('K40', 'gn', 'standard acceleration of free fall'),
};
