import { choose, LANGUAGES, type Language, language, locale, t } from './i18n/i18n.ts';
import { startTour } from './tour/tour.tsx';
import { CHOICES, type Choice, chooseUnit, chosenUnit, unitText } from './units.ts';

/** Display settings of this browser, and the time zone of all times. */
export function DisplaySettings() {
  return (
    <footer class="settings">
      <label>
        {t('Language')}{' '}
        <select value={language} onChange={(e) => choose(e.currentTarget.value as Language)}>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {Object.entries(CHOICES).map(([choice, { label, units }]) => (
        <label key={choice}>
          {label}{' '}
          <select
            value={chosenUnit(choice as Choice)}
            onChange={(e) => chooseUnit(choice as Choice, e.currentTarget.value)}
          >
            <option value="">{t('as measured')}</option>
            {units.map((unit) => (
              <option key={unit} value={unit}>
                {unitText(unit)}
              </option>
            ))}
          </select>
        </label>
      ))}
      <button type="button" onClick={startTour}>
        {t('Tour')}
      </button>
      <a href="#/wall">{t('Wall display')}</a>
      <a href="#/parts">{t('Parts of the page')}</a>
      <span class="quiet">{t('Times: {{zone}}', { zone: zoneText() })}</span>
    </footer>
  );
}

/** The name of the time zone and its current UTC offset. */
function zoneText(): string {
  const format = new Intl.DateTimeFormat(locale, { timeZoneName: 'longOffset' });
  const offset = format.formatToParts(new Date()).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${format.resolvedOptions().timeZone} (${offset.replace('GMT', 'UTC')})`;
}
