import { useApp, useTexts } from '../app/app-context.js';
import { LANGUAGES, type Language } from '../app/language.js';
import { IconButton } from '../components/button.js';
import { Icon } from '../components/icon.js';

/** Theme, language, and the help. */
export function Preferences({ openHelp }: { openHelp: () => void }) {
  const { theme, language } = useApp();
  const { t } = useTexts();
  const choice = theme.choice.value;
  return (
    <div class="preferences">
      <IconButton
        icon={choice === 'system' ? 'system' : choice === 'light' ? 'sun' : 'moon'}
        label={t(`app.theme.${choice}`)}
        onClick={() => theme.next()}
      />
      <label class="language" data-tip={t('app.language')}>
        <Icon name="globe" />
        <span class="language-code" aria-hidden="true">
          {language.choice.value}
        </span>
        <select
          class="language-select"
          aria-label={t('app.language')}
          value={language.choice.value}
          onChange={(event) => (language.choice.value = event.currentTarget.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="zone"
        aria-pressed={language.zone.value === 'utc'}
        aria-label={t('app.utc')}
        data-tip={t('app.utc')}
        onClick={() => (language.zone.value = language.zone.value === 'utc' ? 'local' : 'utc')}
      >
        UTC
      </button>
      <IconButton icon="keyboard" label={t('keys.title')} onClick={openHelp} />
    </div>
  );
}
