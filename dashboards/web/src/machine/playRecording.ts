import { longestPiece, type Recording } from './recording.ts';

const LOUDNESS = 0.8;

/** Plays the longest piece as sound, at the highest level without clipping. */
export function playRecording(recording: Recording): void {
  const samples = longestPiece(recording);
  const mean = samples.reduce((sum, v) => sum + v, 0) / samples.length;
  const peak = samples.reduce((most, v) => Math.max(most, Math.abs(v - mean)), 0);
  if (peak === 0) return;
  const context = new AudioContext();
  const buffer = context.createBuffer(1, samples.length, recording.sampleRateHz);
  buffer.copyToChannel(
    Float32Array.from(samples, (v) => ((v - mean) * LOUDNESS) / peak),
    0,
  );
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  source.onended = () => void context.close();
  source.start();
}
