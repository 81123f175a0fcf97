import { t, term } from '../i18n/i18n.ts';

/** The name of a spectrum's line in the reader's language; names of bearing frequencies are international. */
export const lineName = (name: string): string =>
  name === 'belt'
    ? t('belt', { context: 'line' })
    : name.replace(/blade pass|gear mesh|pole pass|mains/, (code) => term(code));
