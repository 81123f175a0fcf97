import type { ComponentChildren } from 'preact';

/** A table that may be wider than the page: it scrolls by itself, by keyboard as well. */
export function ScrollTable({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
      <table class="plan">{children}</table>
    </section>
  );
}
