import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { frame } from './frame.ts';
import { help } from './help.ts';
import { machine } from './machine.ts';
import { planning } from './planning.ts';
import { planQuality } from './planQuality.ts';
import { setup } from './setup.ts';
import { terms } from './terms.ts';
import { titles } from './titles.ts';
import { work } from './work.ts';

export { sentences } from './sentences.ts';
export { terms };

/** The page's German texts by their English ones, in the terms of maintenance engineers and planners. */
export const texts = {
  ...frame,
  ...alerts,
  ...audit,
  ...help,
  ...work,
  ...machine,
  ...planning,
  ...planQuality,
  ...titles,
  ...setup,
};
export const german = { ...terms, ...texts };
