import { LineSpectrum, MIN_SPECTRUM } from '#models/signal/lineSpectrum.ts';
import { resampledOverAngle } from '#models/signal/orderTracking.ts';
import { estimateShaftHz } from '#models/signal/shaftSpeed.ts';
import { pulseTimes, shaftOf, turnsOf } from '#models/signal/tachometer.ts';
import { type ReadOptions, readSamples } from './readSamples.ts';

export interface SpeedOptions extends ReadOptions {
  speed?: number;
  speedRange?: [number, number];
  tachoChannel?: string;
  pulsesPerTurn: number;
}

/** A recording; `rpm` is absent if its speed is unknown. */
export interface TurningRecording {
  /** As recorded, or resampled over the shaft's angle. */
  channels: Float32Array[];
  sampleRateHz: number;
  rpm?: number;
  /** Where the speed comes from, unless it was given. */
  speedNote?: string;
}

/** A relative variation of speed above this smears lines: the recording is resampled over the angle. */
const STEADY = 0.005;

/** The given speed, else that of a tachometer's channel, else estimated from the signal itself. */
export function speedOfRecording(
  channels: Float32Array[],
  sampleRateHz: number,
  file: string,
  options: SpeedOptions,
): TurningRecording {
  if (options.speed !== undefined) return { channels, sampleRateHz, rpm: options.speed };
  if (options.tachoChannel !== undefined) return tracked(channels, sampleRateHz, file, options, options.tachoChannel);
  const [samples] = channels;
  if (!options.speedRange || samples.length < MIN_SPECTRUM || !samples.every(Number.isFinite))
    return { channels, sampleRateHz };
  const [low, high] = options.speedRange;
  const hz = estimateShaftHz(new LineSpectrum([samples], sampleRateHz), low / 60, high / 60);
  if (hz === null)
    return { channels, sampleRateHz, speedNote: `no speed from ${low} to ${high} rpm stands out of the signal` };
  return {
    channels,
    sampleRateHz,
    rpm: hz * 60,
    speedNote: `speed estimated from the signal: ${(hz * 60).toFixed(1)} rpm`,
  };
}

function tracked(
  channels: Float32Array[],
  sampleRateHz: number,
  file: string,
  options: SpeedOptions,
  channel: string,
): TurningRecording {
  const pulses = pulseTimes(readSamples(file, { ...options, channel }).samples, sampleRateHz);
  const profile = turnsOf(pulses, options.pulsesPerTurn);
  if (!profile)
    return { channels, sampleRateHz, speedNote: `the tachometer gave ${pulses.length} pulses: too few for a speed` };
  const shaft = shaftOf(profile);
  if (!shaft)
    return {
      channels,
      sampleRateHz,
      speedNote: `channel ${channel} holds no tachometer's pulses: they come in no rhythm`,
    };
  const { meanHz, variation } = shaft;
  const rpm = meanHz * 60;
  const percent = (100 * variation).toFixed(1);
  const speedText = `speed by the tachometer: ${rpm.toFixed(1)} rpm, within ${percent} %`;
  if (variation <= STEADY) return { channels, sampleRateHz, rpm, speedNote: speedText };
  // As many samples a turn as the slowest turn has, to avoid aliasing.
  const samplesPerTurn = Math.ceil(sampleRateHz / (meanHz * (1 - variation)));
  return {
    channels: channels.map((c) => resampledOverAngle(c, sampleRateHz, profile, samplesPerTurn)),
    sampleRateHz: samplesPerTurn * meanHz,
    rpm,
    speedNote: `${speedText}; resampled over the shaft’s angle`,
  };
}
