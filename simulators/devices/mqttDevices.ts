import type { Logger } from 'pino';
import { encodeFrame } from '#models/contracts/frame.ts';
import type { DeviceMessage } from '../deviceMessage.ts';
import type { Scenario } from '../scenario.ts';
import { FrameSender, type Outgoing } from './frameSender.ts';
import type { PlantDevices } from './plantDevices.ts';

/** Full scale of the simulated int16 sensors. */
const FULL_SCALE_G = 50;

/** Sensors that publish frames on `plant/<machine>/<point>/waveform` and JSON on `…/value`, at QoS 1. */
export class MqttDevices implements PlantDevices {
  readonly #waveform: Scenario['waveform'];
  readonly #sender: FrameSender;

  constructor(scenario: Scenario, url: string, credentials: { username?: string; password?: string }, log: Logger) {
    this.#waveform = scenario.waveform;
    this.#sender = new FrameSender(url, credentials, log);
  }

  get sent(): number {
    return this.#sender.sent;
  }

  async send(message: DeviceMessage): Promise<void> {
    await this.#sender.send(this.#encoded(message));
  }

  flush(): Promise<void> {
    return this.#sender.flush();
  }

  close(): Promise<void> {
    return this.#sender.close();
  }

  restart(downMs: number): Promise<void> {
    return this.#sender.drop(downMs);
  }

  #encoded({ machine, point, stampMs, content }: DeviceMessage): Outgoing {
    const base = `plant/${machine}/${point}`;
    if (content.kind === 'garbage') return { topic: `${base}/value`, payload: content.bytes };
    if (content.kind === 'value') {
      const payload = JSON.stringify({ value: content.value, time: new Date(stampMs).toISOString() });
      return { topic: `${base}/value`, payload: Buffer.from(payload) };
    }
    const { encoding, sampleRateHz } = this.#waveform;
    const scale = encoding === 'int16' ? FULL_SCALE_G / 32_767 : 1;
    const data = encoding === 'int16' ? toInt16(content.samples, scale) : content.samples;
    const frame = encodeFrame({ encoding, sampleRateHz, scale, startUs: Math.round(stampMs * 1000) }, data);
    return { topic: `${base}/waveform`, payload: Buffer.from(frame.buffer) };
  }
}

function toInt16(samples: Float32Array, scale: number): Int16Array {
  return Int16Array.from(samples, (v) => Math.max(-32_768, Math.min(32_767, Math.round(v / scale))));
}
