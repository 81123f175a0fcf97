import { ScrollTable } from './scroll.tsx';

/** Rows of text below their headings. */
export function Table({ label, head, rows }: { label: string; head: string[]; rows: string[][] }) {
  return (
    <ScrollTable label={label} head={head}>
      {rows.map((row) => (
        <tr key={row.join('/')}>
          {row.map((cell, i) => (
            <td key={head[i]}>{cell}</td>
          ))}
        </tr>
      ))}
    </ScrollTable>
  );
}
