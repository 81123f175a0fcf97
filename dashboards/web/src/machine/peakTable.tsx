import { decimals, number } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { lineName } from './lineName.ts';
import type { Peak } from './spectrumView.ts';

interface PeakTableProps {
  label: string;
  peaks: readonly Peak[];
  unit: string;
  shaftHz: number | undefined;
  setCursor: (hz: number) => void;
}

/** The peaks of the adjacent chart in numbers; each line can be selected for the cursor. */
export function PeakTable({ label, peaks, unit, shaftHz, setCursor }: PeakTableProps) {
  return (
    <details>
      <summary>{label}</summary>
      <ScrollTable label={label} head={['Hz', t('Order'), unit, t('Line'), t('Cursor')]}>
        {peaks.map(({ hz, amplitude, name }) => (
          <tr key={hz} data-peak={name ?? ''}>
            <td>{decimals(hz, 2)}</td>
            <td>{shaftHz ? decimals(hz / shaftHz, 3) : '–'}</td>
            <td>{number(amplitude)}</td>
            <td>{name === null ? '–' : lineName(name)}</td>
            <td>
              <button
                type="button"
                aria-label={t('Set the cursor to {{frequency}} Hz', { frequency: decimals(hz, 2) })}
                onClick={() => setCursor(hz)}
              >
                {t('Set')}
              </button>
            </td>
          </tr>
        ))}
      </ScrollTable>
    </details>
  );
}
