import type { ComponentChildren } from 'preact';

interface ScrollTableProps {
  label: string;
  /** Titles of the columns. */
  head: readonly string[];
  /** Rows: `tr` elements. */
  children: ComponentChildren;
}

/** A table that may be wider than the page: it scrolls by itself, by keyboard as well. */
export function ScrollTable({ label, head, children }: ScrollTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
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
