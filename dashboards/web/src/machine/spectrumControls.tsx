import type { Signal } from '@preact/signals';
import type { Unit } from '#models/contracts/units.ts';
import { t, term } from '../i18n/i18n.ts';
import { type AmplitudeAs, type FrequencyAs, type Quantity, quantitiesOf, type Setting } from './spectrumView.ts';

interface ControlsProps {
  unit: Unit;
  hasShaft: boolean;
  setting: Signal<Setting>;
}

/** Display settings of both spectra, and numeric cursor input, so that a keyboard can do everything a mouse can. */
export function SpectrumControls({ unit, hasShaft, setting }: ControlsProps) {
  const { quantity, amplitude, frequency, isLogarithmic, cursorHz, harmonics, sidebandHz } = setting.value;
  const change = (part: Partial<Setting>) => (setting.value = { ...setting.value, ...part });
  const frequencies: FrequencyAs[] = hasShaft ? ['Hz', 'cpm', 'orders'] : ['Hz', 'cpm'];
  return (
    <fieldset class="controls">
      <legend>{t('Spectra and cursor')}</legend>
      <Choice
        label={t('Quantity')}
        value={quantity}
        of={quantitiesOf(unit)}
        set={(v: Quantity) => change({ quantity: v })}
      />
      <Choice
        label={t('Amplitude')}
        value={amplitude}
        of={['peak', 'rms', 'dB']}
        set={(v: AmplitudeAs) => change({ amplitude: v })}
      />
      <Choice
        label={t('Frequency in')}
        value={frequency}
        of={frequencies}
        set={(v: FrequencyAs) => change({ frequency: v })}
      />
      <label>
        <input
          type="checkbox"
          checked={isLogarithmic}
          onChange={(e) => change({ isLogarithmic: e.currentTarget.checked })}
        />{' '}
        {t('Logarithmic')}
      </label>
      <NumberField
        label={t('Cursor, Hz')}
        value={cursorHz}
        least={0}
        set={(hz) => change({ cursorHz: hz !== null && hz > 0 ? hz : null })}
      />
      <NumberField
        label={t('Harmonics')}
        value={harmonics}
        least={1}
        most={20}
        set={(n) => change({ harmonics: Math.round(n ?? 1) })}
      />
      <NumberField
        label={t('Sidebands every, Hz')}
        value={sidebandHz}
        least={0}
        set={(hz) => change({ sidebandHz: hz ?? 0 })}
      />
    </fieldset>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  of: readonly T[];
  set: (value: T) => void;
}

function Choice<T extends string>({ label, value, of, set }: ChoiceProps<T>) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(e) => set(e.currentTarget.value as T)}>
        {of.map((option) => (
          <option key={option} value={option}>
            {term(option)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface NumberFieldProps {
  label: string;
  value: number | null;
  least: number;
  most?: number;
  set: (value: number | null) => void;
}

/** Input that is not a number within the bounds is ignored. */
function NumberField({ label, value, least, most = 1e6, set }: NumberFieldProps) {
  const onChange = (event: { currentTarget: HTMLInputElement }) => {
    const { value: text, valueAsNumber } = event.currentTarget;
    if (text === '') set(null);
    else if (valueAsNumber >= least && valueAsNumber <= most) set(valueAsNumber);
  };
  return (
    <label>
      {label}{' '}
      <input
        type="number"
        step="any"
        min={least}
        max={most}
        value={value === null ? '' : String(Number(value.toFixed(3)))}
        onChange={onChange}
      />
    </label>
  );
}
