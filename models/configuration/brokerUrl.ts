import { z } from 'zod';

/** The address of an MQTT broker: TCP, TLS, or WebSocket with or without TLS. */
export const brokerUrlSchema = z.url({
  protocol: /^(mqtt|mqtts|tcp|ssl|ws|wss)$/,
  error: 'an address such as mqtt://host:1883, mqtts://host:8883 or wss://host/mqtt',
});

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/i;

/** Brokers that a client turns to while that of its address cannot be reached, in this order. */
export const standbySchema = z
  .array(z.string().regex(HOST_AND_PORT, 'host or host:port; scheme and path are those of the address'))
  .max(8)
  .optional();

export interface BrokerAddress {
  host: string;
  /** Absent: the default of the scheme. */
  port?: number;
}

/** Of a text that `standbySchema` accepts. */
export function standbyAddress(text: string): BrokerAddress {
  const [, host, port] = HOST_AND_PORT.exec(text) ?? ['', text];
  return { host: host.replace(/^\[|\]$/g, ''), ...(port !== undefined && { port: Number(port) }) };
}
