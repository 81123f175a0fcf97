import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';

/** An invalid folder of recordings, or a missing recording. */
export class RecordingError extends Error {}

/** One recording of a folder's `manifest.json`: snapshots with pauses between them, or one run of samples. */
const recordingSchema = z.looseObject({
  file: z.string().regex(/^[^/\\]+$/, 'a file in the same folder'),
  sampleRateHz: z.number().positive(),
  rpm: z.number().positive().optional(),
  channels: z.array(z.string()).min(1).default(['1H']),
  snapshots: z.int().positive().optional(),
  samplesPerSnapshot: z.int().positive().optional(),
  snapshotIntervalS: z.number().positive().optional(),
  samples: z.int().positive().optional(),
});
export type Recording = z.infer<typeof recordingSchema>;

const manifestSchema = z.looseObject({ unit: z.string(), recordings: z.array(recordingSchema).min(1) });

export interface Snapshot {
  /** Seconds since the recording's beginning. */
  timeS: number;
  channel: string;
  samples: Float32Array;
}

/** Samples of a run are sent in pieces of this length. */
const PIECE = 4096;

/** @throws RecordingError that names the file and what is wrong with it. */
export async function readManifest(folder: string): Promise<Recording[]> {
  const file = join(folder, 'manifest.json');
  const result = manifestSchema.safeParse(await readJson(file));
  if (result.success) return result.data.recordings;
  const [issue] = result.error.issues;
  throw new RecordingError(`${file}: ${issue.path.join('.')}: ${issue.message}`);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new RecordingError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The recording of that name, with or without its extension. @throws RecordingError that lists the names. */
export function findRecording(recordings: readonly Recording[], name: string): Recording {
  const found = recordings.find((r) => r.file === name || assetName(r) === name);
  if (found) return found;
  throw new RecordingError(`no recording ${name}; there are ${recordings.map(assetName).join(', ')}`);
}

/** Asset name of a recording: its file name without the extension. */
export function assetName(recording: Recording): string {
  return recording.file.replace(/\.(f32|f32\.gz)$/, '').replaceAll(/[^A-Za-z0-9._-]/g, '-');
}

/** Seconds from the first sample to the end of the last snapshot's interval. */
export function durationS(recording: Recording, snapshots: readonly Snapshot[]): number {
  const last = snapshots[snapshots.length - 1];
  return last.timeS + (recording.snapshotIntervalS ?? last.samples.length / recording.sampleRateHz);
}

/** A whole recording in time order. */
export async function readRecording(folder: string, recording: Recording): Promise<Snapshot[]> {
  const samples = await readSamples(join(folder, recording.file));
  if (recording.snapshots !== undefined && recording.samplesPerSnapshot !== undefined) {
    return snapshotsOf(recording, samples, recording.snapshots, recording.samplesPerSnapshot);
  }
  const pieces = Math.floor(samples.length / PIECE);
  return Array.from({ length: pieces }, (_, i) => ({
    timeS: (i * PIECE) / recording.sampleRateHz,
    channel: recording.channels[0],
    samples: samples.subarray(i * PIECE, (i + 1) * PIECE),
  }));
}

function snapshotsOf(recording: Recording, samples: Float32Array, count: number, length: number): Snapshot[] {
  const { channels, file } = recording;
  const expected = count * length * channels.length;
  if (samples.length !== expected)
    throw new RecordingError(`${file}: ${samples.length} samples where its manifest says ${expected}`);
  const interval = recording.snapshotIntervalS ?? length / recording.sampleRateHz;
  return Array.from({ length: count * channels.length }, (_, i) => ({
    timeS: Math.floor(i / channels.length) * interval,
    channel: channels[i % channels.length],
    samples: samples.subarray(i * length, (i + 1) * length),
  }));
}

/** Float32 little endian, gzipped if the name says so. */
async function readSamples(file: string): Promise<Float32Array> {
  const handle = await open(file);
  try {
    const raw = await handle.readFile();
    const bytes = file.endsWith('.gz') ? await promisify(gunzip)(raw) : raw;
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  } finally {
    await handle.close();
  }
}
