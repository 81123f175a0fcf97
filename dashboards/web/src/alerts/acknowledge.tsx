import { useSignal } from '@preact/signals';
import { t } from '../i18n/i18n.ts';
import { keepName, ownName, session } from '../session/session.ts';

/** A comment and, without sign-in, the name of the user, which is remembered. */
export function AcknowledgeForm({ submit }: { submit: (by: string, comment: string) => void }) {
  const by = useSignal(ownName());
  const comment = useSignal('');
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (session.value?.name == null) keepName(by.value);
    submit(by.value, comment.value);
  };
  return (
    <form class="acknowledge" onSubmit={onSubmit}>
      {session.value?.name == null && (
        <label>
          {t('Your name')}
          <input required maxLength={100} value={by.value} onInput={(e) => (by.value = e.currentTarget.value)} />
        </label>
      )}
      <label>
        {t('Comment')}
        <input maxLength={1000} value={comment.value} onInput={(e) => (comment.value = e.currentTarget.value)} />
      </label>
      <button type="submit">{t('Acknowledge')}</button>
    </form>
  );
}
