const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * Calls `redraw` at each switch between light and dark: a canvas does not follow the style sheet by itself.
 * @returns a function that unsubscribes.
 */
export function onThemeSwitch(redraw: () => void): () => void {
  dark.addEventListener('change', redraw);
  return () => dark.removeEventListener('change', redraw);
}
