import { type Signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { NamedLine } from '#models/contracts/evidence.ts';
import type { Curve } from '#models/signal/pictures.ts';
import { Chart } from '../chart.tsx';
import type { Mark } from '../chartDrawing.ts';
import { number } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { shownIn } from '../units.ts';
import { highlighted, isOfFamily } from './highlight.ts';
import { lineName } from './lineName.ts';
import { PeakTable } from './peakTable.tsx';
import type { Recording } from './recording.ts';
import {
  computeCursorLines,
  convertAmplitude,
  envelopeOf,
  findHighestPeaks,
  frequencyScale,
  highestNear,
  type Quantity,
  reducePoints,
  type Setting,
  snapToPeak,
  unitOf,
  vibrationSpectrum,
} from './spectrumView.ts';

type Kind = 'vibration' | 'envelope';
const WHOLE: Record<Kind, string> = {
  vibration: t('Show all spectrum'),
  envelope: t('Show all envelope spectrum'),
};
const PEAKS_OF: Record<Kind, string> = {
  vibration: t('Highest lines of the spectrum'),
  envelope: t('Highest lines of the envelope spectrum'),
};
const TITLES: Record<Kind, string> = { vibration: t('Spectrum'), envelope: t('Envelope spectrum') };

const POINTS = 2000;
const HEIGHT = 300;
const PEAKS = 10;
const SIDEBANDS = 3;
const SNAP_BINS = 4;
/** A logarithmic axis has no zero: it ends four decades (80 dB) below the highest line. */
const LEAST_OF_HIGHEST = 1e-4;

interface PanelProps {
  kind: Kind;
  recording: Recording;
  compared: Recording | null;
  setting: Signal<Setting>;
}

/** One spectrum with named lines, a cursor with harmonics and sidebands, and a table of its highest peaks. */
export function SpectrumPanel({ kind, recording, compared, setting }: PanelProps) {
  const { quantity, amplitude, frequency, isLogarithmic } = setting.value;
  const { shaftHz } = recording.lines;
  const lines = kind === 'envelope' ? recording.lines.envelope : recording.lines.spectrum;
  const curve = useCurve(kind, recording, quantity) as Curve;
  const other = useCurve(kind, compared, quantity);
  const zoomed = useSignal<readonly [number, number] | null>(null);
  const range = zoomed.value ?? ([curve.fromHz, curve.fromHz + (curve.amplitude.length - 1) * curve.stepHz] as const);
  const scale = frequencyScale(frequency, shaftHz);
  const { text: unit, scale: perUnit } = shownIn(
    kind === 'envelope' ? recording.unit : unitOf(quantity, recording.unit),
  );
  const amplitudeUnit =
    amplitude === 'dB'
      ? t('dB re 1 {{unit}} RMS', { unit })
      : amplitude === 'peak'
        ? t('{{unit}} peak', { unit })
        : t('{{unit}} RMS', { unit });
  const inDecades = isLogarithmic && amplitude !== 'dB';
  const { hz, amplitude: heights } = reducePoints(curve, range, POINTS);
  const least = LEAST_OF_HIGHEST * perUnit * Math.max(...heights);
  const drawn = (a: number) => {
    const height = convertAmplitude(perUnit * a, amplitude);
    return inDecades ? Math.max(height, least) : height;
  };
  const bucketHz = Math.max(curve.stepHz, (range[1] - range[0]) / POINTS);
  const ofOther = (at: number) => {
    const height = other && highestNear(other, at, bucketHz / 2);
    return height === null ? null : drawn(height);
  };
  const peaks = findHighestPeaks(curve, range, lines, PEAKS);
  const setCursor = (cursorHz: number) => (setting.value = { ...setting.value, cursorHz });
  return (
    <section aria-label={TITLES[kind]}>
      <Chart
        key={`${kind} ${frequency} ${amplitude}`}
        title={TITLES[kind]}
        unit={amplitudeUnit}
        xUnit={term(frequency)}
        xIsTime={false}
        x={hz.map((f) => f * scale)}
        y={heights.map(drawn)}
        compared={other ? hz.map(ofOther) : undefined}
        marks={marksOf(lines, setting.value, scale)}
        height={HEIGHT}
        isLogarithmic={inDecades}
        summary={
          peaks.length === 0
            ? t('No line.')
            : t('Highest line {{amplitude}} {{unit}} at {{hz}} Hz.', {
                amplitude: number(drawn(peaks[0].amplitude)),
                unit: amplitudeUnit,
                hz: number(peaks[0].hz),
              })
        }
        onPick={(x) => setCursor(snapToPeak(curve, x / scale, SNAP_BINS))}
        onZoom={([from, to]) => (zoomed.value = [from / scale, to / scale])}
      />
      {zoomed.value !== null && (
        <button type="button" onClick={() => (zoomed.value = null)}>
          {WHOLE[kind]}
        </button>
      )}
      <PeakTable
        label={PEAKS_OF[kind]}
        peaks={peaks.map((p) => ({ ...p, amplitude: drawn(p.amplitude) }))}
        unit={amplitudeUnit}
        shaftHz={shaftHz}
        setCursor={setCursor}
      />
    </section>
  );
}

function useCurve(kind: Kind, recording: Recording | null, quantity: Quantity): Curve | null {
  const of = kind === 'envelope' ? 'measured' : quantity;
  return useMemo(() => {
    if (recording === null) return null;
    return kind === 'envelope' ? envelopeOf(recording) : vibrationSpectrum(recording, of);
  }, [kind, recording, of]);
}

function marksOf(lines: readonly NamedLine[], { cursorHz, harmonics, sidebandHz }: Setting, scale: number): Mark[] {
  const cursor = cursorHz === null ? [] : computeCursorLines(cursorHz, harmonics, sidebandHz, SIDEBANDS);
  const mark = (kind: Mark['kind']) => (line: NamedLine) => ({ x: line.hz * scale, name: line.name, kind });
  return [
    ...lines.map((line) => {
      const kind = isOfFamily(line.name, highlighted.value) ? 'highlight' : 'line';
      return { ...mark(kind)(line), name: lineName(line.name) };
    }),
    ...cursor.map(mark('cursor')),
  ];
}
