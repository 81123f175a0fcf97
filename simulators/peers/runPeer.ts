import mqtt from 'mqtt';
import { decodeFrameHeader, FRAME_HEADER_BYTES, type FrameHeader } from '#models/contracts/frame.ts';
import type { Asset } from '#models/machine/asset.ts';
import { createEngine } from '#models/signal/createEngine.ts';
import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import { PEER_READY, type PeerAlert, peerTopics } from './peerMessage.ts';
import { createPeerRule, type FrameLevels, type PeerRule, type PeerRuleName } from './peerRule.ts';

export interface PeerOptions {
  rule: PeerRuleName;
  /** Name that it reports under. */
  name: string;
  url: string;
  /** As configured at an edge. */
  assets: Readonly<Record<string, Asset>>;
  signal: AbortSignal;
}

const WAVEFORMS = 'plant/+/+/waveform';

/** A shipped peer: receives a plant's device data and reports by one fixed rule, until it is stopped. */
export async function runPeer({ rule, name, url, assets, signal }: PeerOptions): Promise<void> {
  const { status, alerts } = peerTopics(name);
  const rules = new Map<string, PeerRule>();
  const levelsOf = new LevelsOfFrames();
  const client = await mqtt.connectAsync(url);
  client.on('message', (topic, payload) => {
    const [, machine, point] = topic.split('/');
    const header = decodeFrameHeader(payload);
    const levels = header && levelsOf.read(header, payload);
    if (!levels) return;
    const its = rules.get(topic) ?? createPeerRule(rule, assets[machine]);
    rules.set(topic, its);
    const text = its.judge(levels);
    if (text === null) return;
    const time = new Date(header.startUs / 1000).toISOString();
    const alert: PeerAlert = { machine, time, fault: 'undetermined', text: `${machine} ${point}: ${text}` };
    client.publish(alerts, JSON.stringify(alert), { qos: 1 });
  });
  await client.subscribeAsync(WAVEFORMS, { qos: 1 });
  await client.publishAsync(status, PEER_READY, { qos: 1, retain: true });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await client.endAsync();
}

/** RMS and velocity of frames of any length and rate. */
class LevelsOfFrames {
  readonly #features = new Map<string, VibrationFeatures>();

  /** Null if the payload is too short for a frame. */
  read(header: FrameHeader, payload: Buffer): FrameLevels | null {
    const samples = samplesOf(header, payload);
    const length = 2 ** Math.floor(Math.log2(samples.length));
    if (!(length >= 256)) return null;
    const features = this.#featuresOf(length, header.sampleRateHz);
    const row = features.extract(samples.subarray(0, length), 0);
    const value = (feature: string) => row[features.names.indexOf(feature)] as number | undefined;
    return { rms: value('rms') ?? 0, velocityMmPerS: value('velocityRmsMmPerS') ?? null };
  }

  #featuresOf(length: number, sampleRateHz: number): VibrationFeatures {
    const key = `${length}/${sampleRateHz}`;
    const features =
      this.#features.get(key) ?? new VibrationFeatures({ length, sampleRateHz, unit: 'g' }, createEngine(length));
    this.#features.set(key, features);
    return features;
  }
}

function samplesOf({ encoding, scale }: FrameHeader, payload: Buffer): Float32Array {
  // A copy, since the bytes of a message may begin at any offset.
  const bytes = new Uint8Array(payload.subarray(FRAME_HEADER_BYTES)).buffer;
  const whole = (size: number) => Math.floor(bytes.byteLength / size);
  return encoding === 'int16'
    ? Float32Array.from(new Int16Array(bytes, 0, whole(2)), (v) => v * scale)
    : new Float32Array(bytes, 0, whole(4)).map((v) => v * scale);
}
