import { join } from 'node:path';
import {
  DataType,
  OPCUACertificateManager,
  OPCUAServer,
  StatusCodes,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import type { SimulatedMachine } from './machine.ts';
import type { Scenario } from './scenario.ts';

/**
 * The simulated machines behind an OPC UA server: an object a machine under Objects, a variable a sensor. Waveforms are
 * arrays of float. Node ids: `ns=1;s=<machine>.<point>`. It listens on loopback names, with every security policy and with none.
 */
export class OpcuaPlant {
  readonly #server: OPCUAServer;
  readonly #machines: readonly SimulatedMachine[];
  readonly #waveform: Scenario['waveform'];
  readonly #variables = new Map<string, UAVariable>();

  constructor(machines: readonly SimulatedMachine[], scenario: Scenario, port: number, directory: string) {
    this.#machines = machines;
    this.#waveform = scenario.waveform;
    this.#server = new OPCUAServer({
      port,
      host: '127.0.0.1',
      allowAnonymous: true,
      // Without this samples are coalesced to 50 ms.
      serverCapabilities: { minSupportedSampleRate: 0 },
      serverCertificateManager: new OPCUACertificateManager({
        rootFolder: join(directory, 'pki'),
        // Its data is made up: whoever wants it may have it.
        automaticallyAcceptUnknownCertificate: true,
      }),
    });
  }

  async start(): Promise<void> {
    await this.#server.initialize();
    const space = this.#server.engine.addressSpace;
    if (!space) throw new Error('the server has no address space');
    const namespace = space.getOwnNamespace();
    for (const machine of this.#machines) {
      const object = namespace.addObject({ organizedBy: space.rootFolder.objects, browseName: machine.config.name });
      const add = (point: string, valueRank: number) => {
        const nodeId = `s=${machine.config.name}.${point}`;
        const variable = namespace.addVariable({
          componentOf: object,
          browseName: point,
          nodeId,
          dataType: DataType.Double,
          valueRank,
        });
        this.#variables.set(`${machine.config.name}.${point}`, variable);
      };
      for (const { point } of machine.processValues(0)) add(point, -1);
      for (const sensor of machine.config.sensors) add(sensor, 1);
    }
    this.update(0, Date.now());
    await this.#server.start();
  }

  /** Sets every variable to what its sensor measures `timeS` after the plant's beginning. */
  update(timeS: number, stampMs: number): void {
    const at = new Date(stampMs);
    for (const machine of this.#machines) {
      const set = (point: string, variant: Variant) =>
        this.#variables.get(`${machine.config.name}.${point}`)?.setValueFromSource(variant, StatusCodes.Good, at);
      for (const { point, value } of machine.processValues(timeS))
        set(point, new Variant({ dataType: DataType.Double, value }));
      for (const sensor of machine.config.sensors) {
        const samples = machine.waveform(sensor, timeS, this.#waveform.sampleRateHz, this.#waveform.samples);
        const value = Float64Array.from(samples);
        set(sensor, new Variant({ dataType: DataType.Double, arrayType: VariantArrayType.Array, value }));
      }
    }
  }

  /** Ends every client's subscriptions, as a server does whose limits are reached. */
  endSubscriptions(): void {
    for (const session of this.#server.engine.getSessions()) {
      for (const subscription of session.publishEngine.subscriptions) {
        subscription.terminate();
      }
    }
  }

  async stop(): Promise<void> {
    await this.#server.shutdown(100);
  }
}
