import type ModbusRTU from 'modbus-serial';
import type { ModbusSourceConfig } from './modbusConfig.ts';
import { bytesOf, type ModbusRead } from './modbusRegisters.ts';

/** Modbus Application Protocol 1.1b3, 7. */
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const EXCEPTIONS: Record<number, string> = {
  1: 'illegal_function',
  [ILLEGAL_ADDRESS]: 'illegal_data_address',
  [ILLEGAL_VALUE]: 'illegal_data_value',
  4: 'server_device_failure',
  5: 'acknowledge',
  6: 'server_device_busy',
  8: 'memory_parity_error',
  10: 'gateway_path_unavailable',
  11: 'gateway_target_failed_to_respond',
};

export type ModbusBlock = Pick<ModbusRead, 'table' | 'address' | 'count'>;

/** Connects a client as the source is configured. @throws the library's errors. */
export function openConnection(client: ModbusRTU, config: ModbusSourceConfig): Promise<void> {
  const { transport, host = '', port, serial, timeoutMs: timeout } = config;
  switch (transport) {
    case 'tcp':
      return client.connectTCP(host, { port, timeout });
    case 'rtu_over_tcp':
      // The library's own "TcpRTU" adds a TCP header; this one sends plain RTU frames.
      return client.connectTelnet(host, { port });
    case 'serial': {
      const { path = '', ...line } = serial ?? {};
      return client.connectRTUBuffered(path, line);
    }
  }
}

/**
 * Reads registers big-endian, or bits with the first in the lowest bit, from the client's current unit.
 * @throws the device's or library's errors, and Error if a reply is too short.
 */
export async function requestBytes(client: ModbusRTU, block: ModbusBlock): Promise<Uint8Array> {
  const { buffer } = await request(client, block);
  if (buffer.length < bytesOf(block)) throw new Error(`${buffer.length} bytes for a count of ${block.count}`);
  return buffer;
}

function request(client: ModbusRTU, { table, address, count }: ModbusBlock): Promise<{ buffer: Buffer }> {
  switch (table) {
    case 'holding':
      return client.readHoldingRegisters(address, count);
    case 'input':
      return client.readInputRegisters(address, count);
    case 'coil':
      return client.readCoils(address, count);
    case 'discrete':
      return client.readDiscreteInputs(address, count);
  }
}

/** Code of a device's exception reply; undefined if there was no reply. */
const codeOf = (error: unknown) => (error as { modbusCode?: number }).modbusCode;

/** An exception is a reply of the device; any other error means that there was none. */
export const isAnswer = (error: unknown): boolean => codeOf(error) !== undefined;

/** Whether a smaller request may succeed. */
export function isOfAddress(error: unknown): boolean {
  const code = codeOf(error);
  return code === ILLEGAL_ADDRESS || code === ILLEGAL_VALUE;
}

/** Short name for metrics. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? 'no_answer' : (EXCEPTIONS[code] ?? `exception_${code}`);
}

export function messageOf(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
