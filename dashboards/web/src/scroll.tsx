import type { ComponentChildren } from 'preact';

interface ScrollTableProps {
  label: string;
  /** Column titles. */
  head: readonly string[];
  /** Rows: `tr` elements. */
  children: ComponentChildren;
}

/** A table that may be wider than the page; it scrolls separately, also by keyboard. */
export function ScrollTable({ label, head, children }: ScrollTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
      <table class="plan">
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
