import type { Logger } from 'pino';
import { encodeFrame } from '#models/contracts/frame.ts';
import { FrameSender } from './devices/frameSender.ts';
import {
  assetName,
  durationS,
  findRecording,
  type Recording,
  readManifest,
  readRecording,
  type Snapshot,
} from './recordings.ts';

export interface ReplayOptions {
  folder: string;
  recordings: string[];
  url: string;
  username?: string;
  password?: string;
  speed: number;
  /** Time of the first sample; by default the longest recording ends now. */
  startMs?: number;
  signal: AbortSignal;
  /** Called repeatedly with the completed share, 0 to 1. */
  progress: (done: number, text: string) => void;
  log: Logger;
}

interface LoadedRecording {
  recording: Recording;
  snapshots: Snapshot[];
}

/** Sends recordings in parallel as if their machines were running now, `speed` times as fast. */
export async function replay(options: ReplayOptions): Promise<{ sent: number; resent: number }> {
  const manifest = await readManifest(options.folder);
  const chosen = options.recordings.map((name) => findRecording(manifest, name));
  const loaded: LoadedRecording[] = [];
  for (const recording of chosen) loaded.push({ recording, snapshots: await readRecording(options.folder, recording) });
  const lengthS = Math.max(...loaded.map((l) => durationS(l.recording, l.snapshots)));
  const startMs = options.startMs ?? Date.now() - lengthS * 1000;
  const sender = new FrameSender(options.url, { username: options.username, password: options.password }, options.log);
  options.signal.addEventListener('abort', () => void sender.close());
  const queue = loaded
    .flatMap(({ recording, snapshots }) => snapshots.map((snapshot) => ({ recording, snapshot })))
    .sort((a, b) => a.snapshot.timeS - b.snapshot.timeS);
  const beganMs = Date.now();
  let reportedMs = 0;
  for (const [i, { recording, snapshot }] of queue.entries()) {
    const waitMs = beganMs + (snapshot.timeS / options.speed) * 1000 - Date.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (options.signal.aborted) break;
    const startUs = Math.round((startMs + snapshot.timeS * 1000) * 1000);
    const header = { encoding: 'float32', sampleRateHz: recording.sampleRateHz, scale: 1, startUs } as const;
    const frame = encodeFrame(header, snapshot.samples);
    await sender.send({
      topic: `plant/${assetName(recording)}/${snapshot.channel}/waveform`,
      payload: Buffer.from(frame.buffer),
    });
    if (Date.now() - reportedMs > 500) {
      reportedMs = Date.now();
      options.progress((i + 1) / queue.length, `${i + 1} of ${queue.length} frames`);
    }
  }
  if (!options.signal.aborted) await sender.flush();
  await sender.close();
  options.progress(1, `${sender.sent} frames sent, ${sender.resent} sent again`);
  return { sent: sender.sent, resent: sender.resent };
}
