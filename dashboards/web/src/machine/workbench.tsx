import { useSignal } from '@preact/signals';
import type { EvidenceView } from '#models/contracts/evidence.ts';
import { api } from '../api.ts';
import { Chart } from '../chart.tsx';
import { number, time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { fileNameOf, saveFile, wavOf } from '../saveFile.ts';
import { convert, shownIn } from '../units.ts';
import { useLoaded } from '../useLoaded.ts';
import { AutocorrelationChart } from './autocorrelationChart.tsx';
import { OrbitChart } from './orbitChart.tsx';
import { playRecording } from './playRecording.ts';
import { decodeRecording, longestPiece, type Recording, secondsOf } from './recording.ts';
import { SpectrumControls } from './spectrumControls.tsx';
import { SpectrumPanel } from './spectrumPanel.tsx';
import { FIRST_SETTING, type Setting } from './spectrumView.ts';
import { WaterfallChart } from './waterfallChart.tsx';
import { reduceWaveform } from './waveformView.ts';

const WAVEFORM_POINTS = 2000;

const load = async (id: string) => decodeRecording(await api.recording(id));

/** Waveform, spectrum, envelope spectrum and waterfall of one recording, with an optional second one for comparison. */
export function Workbench({ view, others }: { view: EvidenceView; others: EvidenceView[] }) {
  const shown = useLoaded(() => load(view.id), [view.id]);
  const comparedId = useSignal('');
  const compared = useLoaded(async () => (comparedId.value ? load(comparedId.value) : null), [comparedId.value]);
  const problem = shown.error.value ?? compared.error.value;
  const recording = shown.value.value;
  if (problem) return <p role="alert">{problem}</p>;
  if (recording === null) return <p class="quiet">{t('Loading the recording …')}</p>;
  const comparable = others.filter((o) => o.sampleRateHz === view.sampleRateHz && o.unit === view.unit);
  return (
    <div class="workbench">
      <Facts recording={recording} />
      {comparable.length > 0 && (
        <label>
          {t('Compare with')}{' '}
          <select value={comparedId.value} onChange={(e) => (comparedId.value = e.currentTarget.value)}>
            <option value="">{t('nothing')}</option>
            {comparable.map((o) => (
              <option key={o.id} value={o.id}>
                {o.point}, {time(o.timeMs)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Spectra recording={recording} compared={comparedId.value ? compared.value.value : null} />
      {comparedId.value && compared.value.value && (
        <OrbitChart horizontal={recording} vertical={compared.value.value} />
      )}
      <WaveformChart samples={longestPiece(recording)} sampleRateHz={recording.sampleRateHz} unit={recording.unit} />
      <AutocorrelationChart samples={longestPiece(recording)} sampleRateHz={recording.sampleRateHz} />
      <WaterfallChart recording={recording} />
    </div>
  );
}

function Facts({ recording }: { recording: Recording }) {
  const { point, pieces, sampleRateHz, timeMs, lines } = recording;
  const inPieces = pieces.length > 1 ? ` ${t('in {{count}} pieces', { count: pieces.length })}` : '';
  const shaft = lines.shaftHz
    ? t('shaft at {{speed}} rpm', { speed: number(60 * lines.shaftHz) })
    : t('shaft speed unknown');
  return (
    <p class="quiet">
      {t('{{point}}, {{seconds}} s{{inPieces}} at {{rate}} Hz, until {{time}}, {{shaft}}', {
        point,
        seconds: number(secondsOf(recording)),
        inPieces,
        rate: number(sampleRateHz),
        time: time(timeMs),
        shaft,
      })}{' '}
      <button type="button" onClick={() => playRecording(recording)}>
        {t('Listen')}
      </button>{' '}
      <button type="button" onClick={() => saveSound(recording)}>
        {t('Save as WAV')}
      </button>
    </p>
  );
}

/** Saves the longest piece in the sensor's unit, so that the file has no gaps. */
const saveSound = (recording: Recording) =>
  saveFile(
    fileNameOf(`${recording.point}-${new Date(recording.timeMs).toISOString()}`, 'wav'),
    new Blob([wavOf(longestPiece(recording), recording.sampleRateHz)], { type: 'audio/wav' }),
  );

/** Both spectra share one cursor, so that a line can be compared with its modulation. */
function Spectra({ recording, compared }: { recording: Recording; compared: Recording | null }) {
  const setting = useSignal<Setting>(FIRST_SETTING);
  const hasShaft = recording.lines.shaftHz !== undefined;
  return (
    <>
      <SpectrumControls unit={recording.unit} hasShaft={hasShaft} setting={setting} />
      <SpectrumPanel kind="vibration" recording={recording} compared={compared} setting={setting} />
      <SpectrumPanel kind="envelope" recording={recording} compared={compared} setting={setting} />
    </>
  );
}

interface WaveformProps {
  samples: Float32Array;
  sampleRateHz: number;
  unit: string;
}

function WaveformChart({ samples, sampleRateHz, unit }: WaveformProps) {
  const wholeS = samples.length / sampleRateHz;
  const zoomed = useSignal<readonly [number, number] | null>(null);
  const shown = shownIn(unit);
  const { seconds, values: measured } = reduceWaveform(
    samples,
    sampleRateHz,
    zoomed.value ?? [0, wholeS],
    WAVEFORM_POINTS,
  );
  const values = measured.map((value) => convert(shown, value));
  return (
    <section aria-label={t('Waveform')}>
      <Chart
        title={t('Waveform')}
        unit={shown.text}
        xUnit="s"
        xIsTime={false}
        x={seconds}
        y={values}
        summary={t('From {{min}} to {{max}} {{unit}}.', {
          min: number(Math.min(...values)),
          max: number(Math.max(...values)),
          unit: shown.text,
        })}
        onZoom={(range) => (zoomed.value = range)}
      />
      {zoomed.value !== null && (
        <button type="button" onClick={() => (zoomed.value = null)}>
          {t('Show the complete waveform')}
        </button>
      )}
    </section>
  );
}
