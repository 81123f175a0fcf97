import { ServerTCP } from 'modbus-serial';
import type { DeviceMessage } from '../deviceMessage.ts';
import type { SimulatedMachine } from '../machine.ts';
import type { PlantDevices } from './plantDevices.ts';

const ILLEGAL_ADDRESS = 2;
const UNIT = 1;

/** Address of a point: its float32 begins at this input register, the high word first. */
export interface ModbusPlace {
  machine: string;
  point: string;
  address: number;
}

export function modbusPlaces(machines: readonly SimulatedMachine[]): ModbusPlace[] {
  const points = machines.flatMap((m) => m.processValues(0).map(({ point }) => ({ machine: m.config.name, point })));
  return points.map((place, i) => ({ ...place, address: 2 * i }));
}

/** A Modbus TCP device with the newest process values of every machine; Modbus does not carry waveforms. */
export class ModbusDevice implements PlantDevices {
  readonly #port: number;
  readonly #registers: DataView;
  readonly #addresses: Map<string, number>;
  #server: ServerTCP | null = null;

  constructor(machines: readonly SimulatedMachine[], port: number) {
    this.#port = port;
    const places = modbusPlaces(machines);
    this.#addresses = new Map(places.map(({ machine, point, address }) => [`${machine}/${point}`, address]));
    this.#registers = new DataView(new ArrayBuffer(4 * places.length));
    for (const machine of machines)
      for (const { point, value } of machine.processValues(0)) this.#set(machine.config.name, point, value);
  }

  async start(): Promise<void> {
    const server = new ServerTCP(
      { getInputRegister: async (address: number) => this.#register(address) },
      { host: '127.0.0.1', port: this.#port, unitID: UNIT },
    );
    this.#server = server;
    await new Promise<void>((resolve) => server.on('initialized', () => resolve()));
  }

  async send({ machine, point, content }: DeviceMessage): Promise<void> {
    if (content.kind === 'value') this.#set(machine, point, content.value);
  }

  async flush(): Promise<void> {
    // Clients poll the current values.
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    for (const socket of server.socks.keys()) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async restart(downMs: number): Promise<void> {
    await this.close();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.start();
  }

  #set(machine: string, point: string, value: number): void {
    const address = this.#addresses.get(`${machine}/${point}`);
    if (address !== undefined) this.#registers.setFloat32(2 * address, value);
  }

  #register(address: number): number {
    if (2 * address + 2 > this.#registers.byteLength)
      throw Object.assign(new Error('illegal data address'), { modbusErrorCode: ILLEGAL_ADDRESS });
    return this.#registers.getUint16(2 * address);
  }
}
