import { z } from 'zod';

/** The address of an MQTT broker: TCP, TLS, or WebSocket with or without TLS. */
export const brokerUrlSchema = z.url({
  protocol: /^(mqtt|mqtts|tcp|ssl|ws|wss)$/,
  error: 'an address such as mqtt://host:1883, mqtts://host:8883 or wss://host/mqtt',
});

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/i;

/** Standby brokers that a client tries in this order while its own is unreachable. */
export const standbySchema = z
  .array(z.string().regex(HOST_AND_PORT, 'host or host:port; scheme and path are those of the address'))
  .max(8)
  .optional();

export interface BrokerAddress {
  host: string;
  /** Absent: the default of the scheme. */
  port?: number;
}

/** Parses a text that `standbySchema` accepts. */
export function standbyAddress(text: string): BrokerAddress {
  const [, host, port] = HOST_AND_PORT.exec(text) ?? ['', text];
  return { host: host.replace(/^\[|\]$/g, ''), ...(port !== undefined && { port: Number(port) }) };
}
