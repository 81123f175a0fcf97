import type { Finding } from '#models/contracts/alert.ts';
import { t } from '../i18n/i18n.ts';

/** What was found at a machine, in the reader's language. */
export const FINDING_WORDS: Record<Finding['finding'], string> = {
  confirmed: t('Confirmed'),
  false_alarm: t('False alarm'),
  nothing_found: t('Nothing found'),
};
