import { number } from '../format.ts';
import { ScrollTable } from '../scroll.tsx';
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
      <ScrollTable label={label} head={['Hz', 'Order', unit, 'Line', 'Cursor']}>
        {peaks.map(({ hz, amplitude, name }) => (
          <tr key={hz} data-peak={name ?? ''}>
            <td>{hz.toFixed(2)}</td>
            <td>{shaftHz ? (hz / shaftHz).toFixed(3) : '–'}</td>
            <td>{number(amplitude)}</td>
            <td>{name ?? '–'}</td>
            <td>
              <button type="button" aria-label={`Set the cursor to ${hz.toFixed(2)} Hz`} onClick={() => setCursor(hz)}>
                Set
              </button>
            </td>
          </tr>
        ))}
      </ScrollTable>
    </details>
  );
}
